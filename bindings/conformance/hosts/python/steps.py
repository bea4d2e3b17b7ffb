"""steps.py: what each step of a scenario does with weir.h. A step is the method of its name."""

import time
from collections import Counter
from ctypes import byref, c_uint32, c_uint64

import core as weir
from expect import (
    Difference,
    Fields,
    bytes_of,
    compare_answer,
    compare_count,
    compare_counts,
    compare_part,
    compare_status,
    shown,
)
from world import (
    CLOSE_TIMEOUT_MS,
    PATIENCE_S,
    Called,
    Lease,
    Listener,
    World,
    open_gate,
    pool_options,
    wait_for_file,
)

NOTICES = {
    "EVENTS_DROPPED": weir.EVENTS_DROPPED,
    "UNRESPONSIVE": weir.UNRESPONSIVE,
    "RESPONSIVE": weir.RESPONSIVE,
    "INSTANCE_ENDED": weir.INSTANCE_ENDED,
}


def run_steps(world: World, steps: list) -> None:
    for number, step in enumerate(steps, 1):
        name = step["do"]
        who = next((step[field] for field in ("as", "of", "on") if field in step), "")
        fields = Fields(step, f"step {number}, {name} {who}".rstrip())
        if name not in STEPS:
            raise Difference(f"unknown step {name}")
        STEPS[name](world, fields)
        fields.done()


def _request(method: bytes, payload: bytes, timeout_ms: int = 0, user_data: int = 0):
    return weir.Request(
        name=method,
        name_length=len(method),
        data=payload,
        length=len(payload),
        timeout_ms=timeout_ms,
        user_data=user_data,
    )


def _order(step: Fields) -> tuple:
    return bytes_of(step.take("method")), bytes_of(step.take("send")), step.take("timeout_ms")


def _refuse(world: World, called: Called, status: int, error) -> None:
    with world.changed:
        called.status, called.body = world.core.status_name(status), weir.message_of(error)


# ---- requests ------------------------------------------------------------------------------------


def send(world: World, step: Fields) -> None:
    lease = world.find(step.take("on"))
    called, token = world.add(step.take("as"), Called(lease))
    request = _request(*_order(step), token)
    status, error = world.core.told(
        "request_send", lease.handle, byref(request), byref(called.id)
    )
    if status != 0:
        _refuse(world, called, status, error)


def send_many(world: World, step: Fields) -> None:
    name, lease = step.take("as"), world.find(step.take("on"))
    method, text, count = step.take("method").encode(), step.take("text"), step.take("count")
    requests, ids, accepted, all_called = (weir.Request * count)(), (c_uint64 * count)(), c_uint32(), []
    for number in range(count):
        called, token = world.add(f"{name}.{number}", Called(lease))
        payload = text.replace("{n}", str(number)).encode()
        requests[number] = _request(method, payload, user_data=token)
        all_called.append(called)
    status, error = world.core.told(
        "request_send_batch", lease.handle, requests, count, ids, byref(accepted)
    )
    for number, called in enumerate(all_called):
        called.id.value = ids[number]
        if number >= accepted.value:
            _refuse(world, called, status, error)


def await_(world: World, step: Fields) -> None:
    called = world.find(step.take("of"))
    world.wait_for(step.what, lambda: called.status is not None)
    compare_answer(step, called.status, called.body)


def await_many(world: World, step: Fields) -> None:
    name, text, statuses = step.take("of"), step.maybe("text"), step.take("statuses")
    found = Counter({status: 0 for status in statuses})
    for number in range(sum(statuses.values())):
        called = world.find(f"{name}.{number}")
        world.wait_for(step.what, lambda: called.status is not None)
        found[called.status] += 1
        if text is not None and called.status == "OK":
            if called.body != text.replace("{n}", str(number)).encode():
                raise Difference(f"{step.what}: number {number} answered {shown(called.body)}")
    if dict(found) != statuses:
        raise Difference(f"{step.what}: expected {statuses}, got {dict(found)}")


def request(world: World, step: Fields) -> None:
    """The blocking form, weir_request_wait."""
    lease, record = world.find(step.take("on")), weir.Record()
    order = _request(*_order(step))
    retries, end = step.maybe("when_full") == "retry", time.monotonic() + PATIENCE_S
    while True:
        status, error = world.core.told("request_wait", lease.handle, byref(order), byref(record))
        name = world.core.status_name(status)
        if not (retries and name == "QUEUE_FULL" and time.monotonic() < end):
            break
    if status != 0:
        compare_answer(step, name, weir.message_of(error))
        return
    body, answered = weir.bytes_at(record.data, record.length), record.status
    world.core.records_release(byref(record), 1)
    compare_answer(step, world.core.status_name(answered), body)


def pending(world: World, step: Fields) -> None:
    called = world.find(step.take("of"))
    if called.status is not None:
        raise Difference(f"{step.what}: it was answered {called.status}")


def cancel(world: World, step: Fields) -> None:
    called = world.find(step.take("of"))
    status = world.core.request_cancel(called.lease.handle, called.id)
    compare_status(step.what, step.take("expect"), world.core.status_name(status))


def reached(_world: World, step: Fields) -> None:
    wait_for_file(step.take("gate") + ".reached")


def open_the_gate(_world: World, step: Fields) -> None:
    open_gate(step.take("gate"))


# ---- contexts ------------------------------------------------------------------------------------


def _compare_created(step: Fields, lease: Lease) -> None:
    compare_status(step.what, step.take("expect"), lease.status, lease.message)
    if step.maybe("message") is not None:
        compare_part(f"{step.what}: message", step.take("message"), lease.message)


def create(world: World, step: Fields) -> None:
    lease, token = world.add(step.take("as"), Lease())
    config, tag = bytes_of(step.take("config")), bytes_of(step.maybe("tag", ""))
    options = weir.ContextOptions(
        config=config, config_length=len(config), tag=tag, tag_length=len(tag), user_data=token
    )
    wait_ms, background = step.maybe("wait_ms"), step.take("background")
    function = "context_create" if wait_ms is None else "context_create_wait"
    function = "context_create_queued" if background else function
    timeout = [] if wait_ms is None and not background else [wait_ms or 0]
    out = lease.ticket if background else lease.handle
    status, error = world.core.told(function, world.pool, byref(options), *timeout, byref(out))
    answered = Lease()
    answered.status, answered.message = world.core.status_name(status), weir.message_of(error)
    if not background:
        lease.created, lease.status = True, answered.status
    _compare_created(step, answered)
    compare_counts(step.what, step.maybe("slots", {}), error)


def created(world: World, step: Fields) -> None:
    lease = world.find(step.take("of"))
    world.wait_for(step.what, lambda: lease.created)
    _compare_created(step, lease)


def cancel_create(world: World, step: Fields) -> None:
    status = world.core.context_create_cancel(world.pool, world.find(step.take("of")).ticket)
    compare_status(step.what, "OK", world.core.status_name(status))


def destroy(world: World, step: Fields) -> None:
    lease, report = world.find(step.take("of")), weir.DestroyReport()
    if step.take("wait"):
        status = world.core.context_destroy_wait(lease.handle, byref(report))
    else:
        status = world.core.context_destroy(lease.handle)
    compare_status(step.what, step.take("expect"), world.core.status_name(status))
    compare_counts(f"{step.what}: report", step.maybe("report", {}), report)


def destroyed(world: World, step: Fields) -> None:
    lease = world.find(step.take("of"))
    world.wait_for(step.what, lambda: lease.report is not None)
    compare_counts(f"{step.what}: report", step.maybe("report", {}), lease.report)


def listen(world: World, step: Fields) -> None:
    lease = world.find(step.take("on"))
    made = Listener(lease, step.maybe("gate"), step.take("steps"))
    listener, token = world.add(step.take("as"), made)
    event = step.maybe("event")
    name = None if event is None else bytes_of(event)
    status = world.core.context_listen(
        lease.handle, name, len(name or b""), None, token, byref(listener.id)
    )
    compare_status(step.what, step.take("expect"), world.core.status_name(status))


def unlisten(world: World, step: Fields) -> None:
    listener = world.find(step.take("of"))
    with world.changed:
        listener.ended = True
    status = world.core.context_unlisten(listener.lease.handle, listener.id)
    compare_status(step.what, step.take("expect"), world.core.status_name(status))


def events(world: World, step: Fields) -> None:
    listener = world.find(step.take("of"))
    expected = [bytes_of(payload) for payload in step.maybe("payloads", [])]
    expected += [str(number).encode() for number in range(step.maybe("numbers", 0))]
    world.wait_for(step.what, lambda: len(listener.heard) >= len(expected))
    heard = list(listener.heard)
    compare_count(f"{step.what}: events", len(expected), len(heard))
    for at, (wanted, (_, body)) in enumerate(zip(expected, heard)):
        if wanted != body:
            raise Difference(f"{step.what}: event {at}: expected {shown(wanted)}, got {shown(body)}")
    for at, wanted in enumerate(step.maybe("names", [])):
        if heard[at][0] != wanted:
            raise Difference(f"{step.what}: event {at} is named {heard[at][0]}")


def notice(world: World, step: Fields) -> None:
    lease, wanted = world.find(step.take("on")), step.take("notice")
    world.wait_for(step.what, lambda: lease.notices)
    kind, number, message = lease.notices.pop(0)
    compare_count(f"{step.what}: kind of record", NOTICES[wanted], kind)
    if step.maybe("number") is not None:
        compare_count(f"{step.what}: number", step.take("number"), number)
    if step.maybe("message") is not None:
        compare_part(f"{step.what}: message", step.take("message"), message)


# ---- libraries and pools -------------------------------------------------------------------------


def stats(world: World, step: Fields) -> None:
    expected, counts = step.take("stats"), weir.PoolStats()
    end = time.monotonic() + PATIENCE_S
    while True:
        status = world.core.pool_stats_get(world.pool, byref(counts))
        compare_status(step.what, "OK", world.core.status_name(status))
        try:
            return compare_counts(step.what, expected, counts)
        except Difference:
            if time.monotonic() > end:
                raise
        time.sleep(0.001)


def describe(world: World, step: Fields) -> None:
    info = weir.LibraryInfo()
    world.core.library_describe(world.library, byref(info))
    compare_part(step.what, step.take("name"), weir.bytes_at(info.name, info.name_length))
    compare_part(step.what, step.take("engine"), weir.bytes_at(info.engine, info.engine_length))
    compare_count(f"{step.what}: methods", step.take("methods"), info.method_count)
    hash_length = 64 if step.take("contract") else 0
    compare_count(f"{step.what}: hash", hash_length, info.contract_hash_length)


def _compare_told(world: World, step: Fields, status: int, error) -> None:
    message = weir.message_of(error)
    compare_status(step.what, step.take("expect"), world.core.status_name(status), message)
    if step.maybe("message") is not None:
        compare_part(f"{step.what}: message", step.take("message"), message)


def open_library(world: World, step: Fields) -> None:
    path, library = step.take("path").encode(), c_uint64()
    status, error = world.core.told("library_load", path, len(path), byref(library))
    world.core.library_close(library)
    _compare_told(world, step, status, error)


def close_library(world: World, step: Fields) -> None:
    status = world.core.library_close(world.library)
    compare_status(step.what, "OK", world.core.status_name(status))


def open_pool(world: World, step: Fields) -> None:
    options, pool = pool_options(step.take("options"), world.queue.value), c_uint64()
    status, error = world.core.told("pool_create", world.library, byref(options), byref(pool))
    world.core.pool_close_wait(pool, CLOSE_TIMEOUT_MS, None)
    _compare_told(world, step, status, error)


def prewarm(world: World, step: Fields) -> None:
    status, error = world.core.told("pool_prewarm", world.pool, step.take("count"))
    _compare_told(world, step, status, error)


def close_pool(world: World, step: Fields) -> None:
    report = weir.CloseReport()
    status = world.core.pool_close_wait(world.pool, CLOSE_TIMEOUT_MS, byref(report))
    compare_status(step.what, step.take("expect"), world.core.status_name(status))
    compare_counts(step.what, step.maybe("report", {}), report)


STEPS = {
    function.__name__: function
    for function in (send, send_many, await_many, request, pending, cancel, reached)
    + (create, created, cancel_create, destroy, destroyed, listen, unlisten, events, notice)
    + (stats, describe, open_library, close_library, open_pool, prewarm, close_pool)
} | {"await": await_, "open_gate": open_the_gate}

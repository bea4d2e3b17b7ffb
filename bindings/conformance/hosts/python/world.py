"""world.py: the library, the pool and the queue of one scenario, and what was delivered.

Every scenario checks beside what it says: one response a request and none for a refused one,
nothing for a context after its DESTROYED record, and no object of weir left at the end. Records
are collected on a thread of their own, which also runs listeners.
"""

import threading
import time
from ctypes import byref, c_uint32, c_uint64, cast, POINTER
from pathlib import Path

import core as weir
from core import Core
from expect import Difference, compare_status

PATIENCE_S = 10
CLOSE_TIMEOUT_MS = 20_000
BATCH = 64


class Lease:
    def __init__(self):
        self.handle, self.ticket = c_uint64(), c_uint64()
        self.created, self.status, self.message = False, "OK", b""
        self.report = None  # set when it is destroyed
        self.notices = []


class Called:
    def __init__(self, lease: Lease):
        self.lease, self.id = lease, c_uint64()
        self.status, self.body, self.refused = None, b"", False


class Listener:
    def __init__(self, lease: Lease, gate, steps):
        self.lease, self.id, self.gate, self.steps = lease, c_uint64(), gate, steps
        self.heard, self.ended = [], False


def wait_for_file(path: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not Path(path).exists():
        if time.monotonic() > end:
            raise Difference(f"waited in vain for a gate: {Path(path).name}")
        time.sleep(0.001)


def stand_at_gate(path: str) -> None:
    Path(f"{path}.reached").touch()
    wait_for_file(f"{path}.open")


def open_gate(path: str) -> None:
    Path(f"{path}.open").touch()


def pool_options(options: dict, queue: int):
    made = weir.PoolOptions(delivery=weir.DELIVER_QUEUE, queue=queue)
    named = {"interrupt_wedged": "on_wedged", "environment": "isolation"}
    for name, value in options.items():
        field = named.get(name, name)
        if field not in (known for known, _ in made._fields_):
            raise Difference(f"unknown option of a pool: {name}")
        setattr(made, field, weir.OFF if value == "off" else int(value))
    return made


class World:
    def __init__(self, core: Core, library: str, options: dict, run_steps):
        self.core, self.run_steps = core, run_steps
        self.library, self.queue, self.pool = c_uint64(), c_uint64(), c_uint64()
        self.changed = threading.Condition()
        self.objects, self.tokens, self.differences = {}, {}, []
        self.ending = False
        path = library.encode()
        self.must("the library", "library_load", path, len(path), byref(self.library))
        self.must("the queue", "queue_create", None, byref(self.queue))
        self.collector = threading.Thread(target=self.collect)
        self.collector.start()
        made = pool_options(options, self.queue.value)
        self.must("the pool", "pool_create", self.library, byref(made), byref(self.pool))

    def must(self, what: str, function: str, *arguments) -> None:
        status, error = self.core.told(function, *arguments)
        compare_status(what, "OK", self.core.status_name(status), weir.message_of(error))

    def add(self, name: str, made):
        """Name an object. The number is the user_data of its records."""
        with self.changed:
            if name in self.objects:
                raise Difference(f"the name {name} is given twice")
            self.objects[name] = made
            self.tokens[len(self.tokens) + 1] = made
            return made, len(self.tokens)

    def find(self, name: str):
        with self.changed:
            if name not in self.objects:
                raise Difference(f"nothing is named {name}")
            return self.objects[name]

    def wait_for(self, what: str, condition) -> None:
        with self.changed:
            if not self.changed.wait_for(condition, PATIENCE_S):
                raise Difference(f"waited in vain: {what}")

    def collect(self) -> None:
        records, count = (weir.Record * BATCH)(), c_uint32(0)
        while True:
            self.core.queue_wait(self.queue, records, BATCH, weir.FOREVER, byref(count))
            for record in records[: count.value]:
                self.take(record)
            self.core.records_release(records, count)
            with self.changed:
                if self.ending and count.value == 0:
                    return
            count.value = 0

    def take(self, record) -> None:
        owner = self.tokens[record.user_data]
        body = weir.bytes_at(record.data, record.length)
        if record.kind == weir.EVENT:
            self.take_event(owner, weir.bytes_at(record.name, record.name_length).decode(), body)
            return
        with self.changed:
            lease = owner.lease if record.kind == weir.RESPONSE else owner
            if lease.report is not None:
                self.differences.append("a record came after DESTROYED")
            status = self.core.status_name(record.status)
            if record.kind == weir.RESPONSE:
                if owner.status is not None:
                    self.differences.append("a second response, or one of a refused request")
                owner.status, owner.body = status, body
            elif record.kind == weir.CREATED:
                lease.handle.value = record.context
                lease.created, lease.status, lease.message = True, status, body
            elif record.kind == weir.DESTROYED:
                report = cast(record.data, POINTER(weir.DestroyReport)).contents
                lease.report = weir.DestroyReport.from_buffer_copy(report)
            else:
                lease.notices.append((record.kind, record.id, body))
            self.changed.notify_all()

    def take_event(self, listener: Listener, name: str, body: bytes) -> None:
        with self.changed:
            if listener.ended:
                return  # it lay in the queue already
            if listener.lease.report is not None:
                self.differences.append("an event came after DESTROYED")
            listener.heard.append((name, body))
            first = len(listener.heard) == 1
            self.changed.notify_all()
        if not first:
            return
        try:
            if listener.gate is not None:
                stand_at_gate(listener.gate)
            self.run_steps(self, listener.steps)
        except Exception as error:  # the collector must go on
            with self.changed:
                self.differences.append(f"in a listener: {error}")

    def end(self) -> None:
        closed = self.core.pool_close_wait(self.pool, CLOSE_TIMEOUT_MS, None)
        with self.changed:
            self.ending = True
        self.core.queue_wake(self.queue)
        self.collector.join()
        self.core.queue_close(self.queue)
        self.core.library_close(self.library)
        name = self.core.status_name(closed)
        if name not in ("OK", "STALE_HANDLE"):
            compare_status("the pool's close", "OK", name)
        self.nothing_is_left()

    def nothing_is_left(self) -> None:
        end, live = time.monotonic() + PATIENCE_S, weir.ProcessStats()
        while True:
            self.core.process_stats_get(byref(live))
            left = {name: getattr(live, name) for name, _ in live._fields_[1:]}
            if not any(left.values()):
                return
            if time.monotonic() > end:
                raise Difference(f"left behind: {left}")
            time.sleep(0.001)

"""core.py: weir.h through ctypes: structs, and calls that give (status, message).

Not shared with examples/python-host/weir.py: that one is read and taken on its own, with as much of
weir.h as its host needs, and raises; scenarios look at every field and at every status.
"""

import ctypes
from ctypes import byref, c_char, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

OFF = FOREVER = 0xFFFFFFFF
DELIVER_QUEUE = 1
RESPONSE, EVENT, EVENTS_DROPPED, UNRESPONSIVE, RESPONSIVE, DESTROYED, CREATED = range(1, 8)
INSTANCE_ENDED = 9


def _struct(name, *fields):
    def init(self, **values):
        ctypes.Structure.__init__(self, **values)
        if fields[0][0] == "struct_size":
            self.struct_size = ctypes.sizeof(type(self))

    return type(name, (ctypes.Structure,), {"_fields_": list(fields), "__init__": init})


def _numbers(kind, names):
    return [(name, kind) for name in names.split()]


Error = _struct(
    "Error",
    ("struct_size", c_uint32),
    ("status", c_int32),
    *_numbers(c_uint32, "slots_total slots_idle slots_active slots_quarantined waiting"),
    ("message_length", c_uint32),
    ("message", c_char * 480),
)

PoolOptions = _struct(
    "PoolOptions",
    ("struct_size", c_uint32),
    ("delivery", c_uint32),
    ("queue", c_uint64),
    *_numbers(c_uint32, "max_slots min_idle idle_timeout_ms max_uses max_age_ms drain_ms"),
    *_numbers(c_uint32, "cancel_ms teardown_ms slow_ms wedged_ms check_ms on_wedged"),
    *_numbers(c_uint32, "max_requests max_events"),
    ("max_request_bytes", c_uint64),
    *_numbers(c_uint32, "max_payload spin_us stack_size leak_threshold_ms isolation"),
    *_numbers(c_uint32, "min_clean heap_limit_mb"),
    ("callback", c_void_p),
)

ContextOptions = _struct(
    "ContextOptions",
    ("struct_size", c_uint32),
    ("tag_length", c_uint32),
    ("config", c_char_p),
    ("config_length", c_size_t),
    ("tag", c_char_p),
    ("user_data", c_size_t),
)

Request = _struct(
    "Request",
    ("struct_size", c_uint32),
    ("method", c_uint32),
    ("name", c_char_p),
    ("name_length", c_size_t),
    ("data", c_char_p),
    ("length", c_size_t),
    ("timeout_ms", c_uint32),
    ("reserved", c_uint32),
    ("release", c_void_p),
    ("release_data", c_size_t),
    ("callback", c_void_p),
    ("user_data", c_size_t),
)

Record = _struct(
    "Record",
    ("kind", c_uint32),
    ("status", c_int32),
    ("context", c_uint64),
    ("id", c_uint64),
    ("user_data", c_size_t),
    ("data", c_void_p),
    ("length", c_size_t),
    ("name", c_void_p),
    ("name_length", c_size_t),
    ("token", c_uint64),
)

DestroyReport = _struct(
    "DestroyReport",
    ("struct_size", c_uint32),
    *_numbers(c_uint32, "drained canceled abandoned callbacks_running closed"),
    ("took_us", c_uint64),
)

CloseReport = _struct(
    "CloseReport",
    ("struct_size", c_uint32),
    *_numbers(c_uint32, "contexts_destroyed slots_retired slots_abandoned"),
    ("took_us", c_uint64),
)

LibraryInfo = _struct(
    "LibraryInfo",
    ("struct_size", c_uint32),
    ("method_count", c_uint32),
    *_numbers(c_void_p, "name version engine contract contract_hash"),
    *_numbers(c_size_t, "name_length version_length engine_length contract_length"),
    ("contract_hash_length", c_size_t),
)

PoolStats = _struct(
    "PoolStats",
    ("struct_size", c_uint32),
    *_numbers(c_uint32, "slots_max slots_total slots_idle slots_active slots_recycling"),
    *_numbers(c_uint32, "slots_quarantined slots_prepared waiting"),
    *_numbers(c_uint64, "slots_built slots_retired slots_build_failed contexts_created"),
    *_numbers(c_uint64, "contexts_destroyed contexts_exhausted creates_failed"),
    *_numbers(c_uint64, "creates_timed_out requests_accepted requests_refused responses_ok"),
    *_numbers(c_uint64, "responses_failed responses_canceled responses_timed_out"),
    *_numbers(c_uint64, "responses_closed results_dropped events_emitted events_dropped"),
    *_numbers(c_uint64, "slow_handlers wedged_handlers recovered_handlers slots_unclean"),
    *_numbers(c_uint64, "worker_wakes watch_wakes wakes_repeated callbacks_running"),
    *_numbers(c_uint64, "environments_rebuilt handlers_stopped instances_ended"),
)

ProcessStats = _struct(
    "ProcessStats",
    ("struct_size", c_uint32),
    *_numbers(c_uint32, "libraries queues pools slots contexts instances jobs"),
    *_numbers(c_uint64, "records payload_bytes"),
)

_SIGNATURES = {
    "library_load": (c_char_p, c_size_t, c_void_p, c_void_p),
    "library_describe": (c_uint64, c_void_p),
    "library_close": (c_uint64,),
    "queue_create": (c_void_p, c_void_p, c_void_p),
    "queue_wait": (c_uint64, c_void_p, c_uint32, c_uint32, c_void_p),
    "queue_wake": (c_uint64,),
    "queue_close": (c_uint64,),
    "records_release": (c_void_p, c_uint32),
    "pool_create": (c_uint64, c_void_p, c_void_p, c_void_p),
    "pool_prewarm": (c_uint64, c_uint32, c_void_p),
    "pool_stats_get": (c_uint64, c_void_p),
    "pool_close_wait": (c_uint64, c_uint32, c_void_p),
    "context_create": (c_uint64, c_void_p, c_void_p, c_void_p),
    "context_create_wait": (c_uint64, c_void_p, c_uint32, c_void_p, c_void_p),
    "context_create_queued": (c_uint64, c_void_p, c_uint32, c_void_p, c_void_p),
    "context_create_cancel": (c_uint64, c_uint64),
    "context_destroy": (c_uint64,),
    "context_destroy_wait": (c_uint64, c_void_p),
    "context_listen": (c_uint64, c_char_p, c_size_t, c_void_p, c_size_t, c_void_p),
    "context_unlisten": (c_uint64, c_uint64),
    "request_send": (c_uint64, c_void_p, c_void_p, c_void_p),
    "request_send_batch": (c_uint64, c_void_p, c_uint32, c_void_p, c_void_p, c_void_p),
    "request_wait": (c_uint64, c_void_p, c_void_p, c_void_p),
    "request_cancel": (c_uint64, c_uint64),
    "process_stats_get": (c_void_p,),
}


class Core:
    """libweir.so. `core.request_cancel(…)` gives a status; `core.told("library_load", …)`, for the
    functions that take a weir_error last, the status and the error."""

    def __init__(self, path: str):
        self._library = ctypes.CDLL(path)
        self._library.weir_status_name.restype = c_char_p
        for name, arguments in _SIGNATURES.items():
            function = getattr(self._library, f"weir_{name}")
            function.argtypes, function.restype = arguments, c_int32
            setattr(self, name, function)

    def told(self, function: str, *arguments):
        error = Error()
        return getattr(self, function)(*arguments, byref(error)), error

    def status_name(self, status: int) -> str:
        return self._library.weir_status_name(c_int32(status)).decode()


def message_of(error) -> bytes:
    return error.message[: error.message_length]


def bytes_at(address, length: int) -> bytes:
    return ctypes.string_at(address, length) if length else b""

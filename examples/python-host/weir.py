"""weir through ctypes: as much of weir.h as this host needs.

Objects are closed by `with`. A call waits without Python's lock, so other threads go on meanwhile.
"""

import ctypes
import json
from ctypes import POINTER, byref, c_char, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

DELIVER_QUEUE = 1
RECORD_EVENT = 2


class _Error(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("status", c_int32),
        ("counts", c_uint32 * 5),
        ("message_length", c_uint32),
        ("message", c_char * 480),
    ]


class _PoolOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("delivery", c_uint32),
        ("queue", c_uint64),
        ("max_slots", c_uint32),
        ("between", c_uint32 * 13),
        ("max_request_bytes", c_uint64),
        ("limits", c_uint32 * 4),
        ("isolation", c_uint32),
        ("min_clean", c_uint32),
        ("heap_limit_mb", c_uint32),
        ("callback", c_void_p),
    ]


class _ContextOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("tag_length", c_uint32),
        ("config", ctypes.c_char_p),
        ("config_length", c_size_t),
        ("tag", ctypes.c_char_p),
        ("user_data", c_size_t),
    ]


class _Request(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("method", c_uint32),
        ("name", ctypes.c_char_p),
        ("name_length", c_size_t),
        ("data", ctypes.c_char_p),
        ("length", c_size_t),
        ("timeout_ms", c_uint32),
        ("reserved", c_uint32),
        ("release", c_void_p),
        ("release_data", c_size_t),
        ("callback", c_void_p),
        ("user_data", c_size_t),
    ]


class _Record(ctypes.Structure):
    _fields_ = [
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
    ]

    def payload(self) -> bytes:
        return ctypes.string_at(self.data, self.length) if self.length else b""


class WeirError(Exception):
    """A call that failed. `status` is the constant's name, such as "ENGINE_MISSING"; `said` is what
    a library in TypeScript says beside the message: {"code", "details", "path", "stack"}."""

    def __init__(self, status: str, message: str, said: dict):
        super().__init__(": ".join(filter(None, (status, said.get("code"), message))))
        self.status, self.message, self.said = status, message, said


class Weir:
    """The core, loaded from libweir.so."""

    def __init__(self, path: str):
        self.core = ctypes.CDLL(path)
        self.core.weir_status_name.restype = ctypes.c_char_p
        for name in ("library_close", "queue_close", "context_destroy"):
            getattr(self.core, f"weir_{name}").argtypes = [c_uint64]
        for name in ("pool_close_wait", "context_destroy_wait"):
            arguments = [c_uint64, c_uint32, c_void_p] if name[0] == "p" else [c_uint64, c_void_p]
            getattr(self.core, f"weir_{name}").argtypes = arguments

    def call(self, function: str, *arguments) -> None:
        """Call a function that takes a weir_error last."""
        error = _Error(struct_size=ctypes.sizeof(_Error))
        status = getattr(self.core, f"weir_{function}")(*arguments, byref(error))
        if status != 0:
            raise self.error(status, error.message[: error.message_length])

    def check(self, function: str, *arguments) -> None:
        """Call a function that has no weir_error."""
        status = getattr(self.core, f"weir_{function}")(*arguments)
        if status != 0:
            raise self.error(status, b"")

    def error(self, status: int, payload: bytes) -> WeirError:
        message, _, document = payload.partition(b"\0")
        said = json.loads(document) if document else {}
        name = self.core.weir_status_name(c_int32(status)).decode()
        return WeirError(name, message.decode("utf-8", "replace"), said)

    def library(self, path: str) -> "Library":
        return Library(self, path)


class _Closing:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Library(_Closing):
    def __init__(self, weir: Weir, path: str):
        self.weir, self.handle = weir, c_uint64()
        text = path.encode()
        weir.call("library_load", text, c_size_t(len(text)), byref(self.handle))

    def pool(self, max_slots: int) -> "Pool":
        return Pool(self, max_slots)

    def close(self) -> None:
        self.weir.check("library_close", self.handle)


class Pool(_Closing):
    """Contexts of a library; their events go to one queue."""

    def __init__(self, library: Library, max_slots: int):
        self.weir, self.handle, self.queue = library.weir, c_uint64(), c_uint64()
        self.weir.call("queue_create", None, byref(self.queue))
        options = _PoolOptions(
            struct_size=ctypes.sizeof(_PoolOptions),
            delivery=DELIVER_QUEUE,
            queue=self.queue.value,
            max_slots=max_slots,
        )
        self.weir.call("pool_create", library.handle, byref(options), byref(self.handle))

    def create(self, config: bytes, timeout_ms: int = 5000) -> "Context":
        return Context(self, config, timeout_ms)

    def events(self, capacity: int = 64) -> "list[tuple[str, bytes]]":
        """The events that have come, oldest first: names and payloads."""
        records, count = (_Record * capacity)(), c_uint32()
        self.weir.check("queue_drain", self.queue, records, c_uint32(capacity), byref(count))
        found = [
            (ctypes.string_at(record.name, record.name_length).decode(), record.payload())
            for record in records[: count.value]
            if record.kind == RECORD_EVENT
        ]
        self.weir.check("records_release", records, count)
        return found

    def close(self) -> None:
        self.weir.check("pool_close_wait", self.handle, 0, None)
        self.weir.check("queue_close", self.queue)


class Context(_Closing):
    def __init__(self, pool: Pool, config: bytes, timeout_ms: int):
        self.weir, self.handle = pool.weir, c_uint64()
        options = _ContextOptions(
            struct_size=ctypes.sizeof(_ContextOptions), config=config, config_length=len(config)
        )
        self.weir.call(
            "context_create_wait",
            pool.handle,
            byref(options),
            c_uint32(timeout_ms),
            byref(self.handle),
        )

    def listen(self, name: str) -> None:
        """Let events of that name come to the pool's queue."""
        text, listener = name.encode(), c_uint64()
        self.weir.check(
            "context_listen",
            self.handle,
            text,
            c_size_t(len(text)),
            None,
            c_size_t(0),
            byref(listener),
        )

    def request(self, method: str, payload: bytes, timeout_ms: int = 0) -> bytes:
        name, record = method.encode(), _Record()
        request = _Request(
            struct_size=ctypes.sizeof(_Request),
            name=name,
            name_length=len(name),
            data=payload,
            length=len(payload),
            timeout_ms=timeout_ms,
        )
        self.weir.call("request_wait", self.handle, byref(request), byref(record))
        try:
            if record.status != 0:
                raise self.weir.error(record.status, record.payload())
            return record.payload()
        finally:
            self.weir.check("records_release", byref(record), c_uint32(1))

    def close(self) -> None:
        self.weir.check("context_destroy_wait", self.handle, None)

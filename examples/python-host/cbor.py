"""The part of CBOR (RFC 8949) that weir's wire uses: see sdk/vectors for what that is.

A host that may install packages takes cbor2 instead.
"""

import math
import struct

LEVELS_MAX = 64
"""How deep arrays and maps may nest."""


class CborError(ValueError):
    """Bytes that are no payload, or a value that cannot be one."""


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise CborError(f"{number} needs more than 64 bits")


def encode(value) -> bytes:
    """Encode None, bool, int, float, str, bytes, list or a dict with str keys."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + (b"\x7f\xf8" + bytes(6) if math.isnan(value) else struct.pack(">d", value))
    if isinstance(value, str):
        text = value.encode("utf-8")
        return _head(3, len(text)) + text
    if isinstance(value, (bytes, bytearray)):
        return _head(2, len(value)) + bytes(value)
    if isinstance(value, (list, tuple)):
        return _head(4, len(value)) + b"".join(encode(item) for item in value)
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise CborError("a key that is not a str")
        return _head(5, len(value)) + b"".join(
            encode(key) + encode(item) for key, item in value.items()
        )
    raise CborError(f"{type(value).__name__} cannot be encoded")


class _Reader:
    def __init__(self, data: bytes):
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise CborError(f"ends within an item, at byte {self.at}")
        self.at += count
        return self.data[self.at - count : self.at]

    def item(self, level: int):
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self.simple(info)
        if info > 27:
            raise CborError(f"an item of indefinite length, at byte {self.at - 1}")
        number = info if info < 24 else int.from_bytes(self.take(1 << info - 24), "big")
        if major in (0, 1):
            return number if major == 0 else -1 - number
        if major == 2:
            return self.take(number)
        if major == 3:
            return self.text(number)
        if level == LEVELS_MAX:
            raise CborError(f"deeper than {LEVELS_MAX} levels")
        if major == 4:
            return [self.item(level + 1) for _ in range(number)]
        if major == 5:
            return self.members(number, level + 1)
        raise CborError(f"tag {number}")

    def text(self, length: int) -> str:
        try:
            return self.take(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CborError(str(error)) from error

    def members(self, count: int, level: int) -> dict:
        found = {}
        for _ in range(count):
            key = self.item(level)
            if not isinstance(key, str) or key in found:
                raise CborError(f"the key {key!r}")
            found[key] = self.item(level)
        return found

    def simple(self, info: int):
        if info in (20, 21, 22, 23):
            return {20: False, 21: True}.get(info)
        for code, form in ((25, ">e"), (26, ">f"), (27, ">d")):
            if info == code:
                return struct.unpack(form, self.take(struct.calcsize(form)))[0]
        raise CborError(f"simple value {info}")


def decode(data: bytes):
    """Decode one item. Arrays become lists, maps dicts."""
    reader = _Reader(data)
    value = reader.item(0)
    if reader.at != len(data):
        raise CborError(f"something follows the item, at byte {reader.at}")
    return value

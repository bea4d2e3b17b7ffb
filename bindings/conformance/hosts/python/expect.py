"""expect.py: payloads as scenarios write them, and what must hold for what comes back."""

import json


class Difference(Exception):
    """What makes a scenario fail, in words. The scenario ends there."""


def shown(data: bytes) -> str:
    begin = data[:80]
    printable = all(0x20 <= byte <= 0x7E for byte in begin)
    text = f'"{begin.decode()}"' if printable else f"hex {begin.hex()}"
    return text if len(data) <= 80 else f"{text} … ({len(data)} bytes)"


def dump(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


class Fields:
    """An object of a scenario: a field that nobody takes is an error, and never passed over."""

    def __init__(self, fields: dict, what: str):
        self.fields, self.what, self.taken = fields, what, {"do"}

    def maybe(self, name: str, otherwise=None):
        self.taken.add(name)
        return self.fields.get(name, otherwise)

    def take(self, name: str):
        if name not in self.fields:
            raise Difference(f"{self.what} has no field {name}")
        return self.maybe(name)

    def done(self) -> None:
        for name in self.fields:
            if name not in self.taken:
                raise Difference(f"unknown field {name} of {self.what}")


def bytes_of(payload) -> bytes:
    if isinstance(payload, str):
        return payload.encode()
    names = set(payload)
    if names == {"text"}:
        return payload["text"].encode()
    if names in ({"hex"}, {"hex", "integer"}):  # of an integer, what it must be on the wire
        return bytes.fromhex(payload["hex"])
    if names == {"fill", "size"}:
        return payload["fill"].encode() * payload["size"]
    raise Difference(f"a payload of an unknown form: {dump(payload)}")


def compare_part(what: str, part: str, actual: bytes) -> None:
    if part.encode() not in actual:
        raise Difference(f'{what}: expected one with "{part}", got {shown(actual)}')


def compare_payload(what: str, expected: dict, actual: bytes) -> None:
    if set(expected) == {"contains"}:
        compare_part(what, expected["contains"], actual)
    elif set(expected) == {"min", "max"}:
        if not actual.isdigit() or not count_fits(expected, int(actual)):
            raise Difference(f"{what}: expected {dump(expected)}, got {shown(actual)}")
    elif bytes_of(expected) != actual:
        raise Difference(f"{what}: expected {shown(bytes_of(expected))}, got {shown(actual)}")


def count_fits(expected, actual: int) -> bool:
    if isinstance(expected, int):
        return actual == expected
    return expected.get("min", 0) <= actual <= expected.get("max", actual)


def compare_count(what: str, expected, actual: int) -> None:
    if not count_fits(expected, actual):
        raise Difference(f"{what}: expected {dump(expected)}, got {actual}")


def compare_counts(what: str, expected: dict, actual) -> None:
    """`actual` is a struct with a field for each count."""
    for name, count in expected.items():
        if not hasattr(actual, name):
            raise Difference(f"unknown count {name}")
        compare_count(f"{what}: {name}", count, getattr(actual, name))


def compare_status(what: str, expected: str, actual: str, message: bytes = b"") -> None:
    if actual != expected:
        said = f" {shown(message)}" if message else ""
        raise Difference(f"{what}: expected {expected}, got {actual}{said}")


def compare_answer(step: Fields, status: str, body: bytes) -> None:
    """Takes what a step expects of an answer: a failure is a message, and maybe a document."""
    message, _, document = body.partition(b"\0") if status != "OK" else (b"", b"", b"")
    compare_status(step.what, step.take("expect"), status, message)
    expected = step.maybe("payload")
    if expected is not None:
        compare_payload(step.what, expected, body)
    if step.maybe("message") is not None:
        compare_part(f"{step.what}: message", step.take("message"), message)
    said = json.loads(document) if document else {}
    for name in ("code", "details", "path"):
        if step.maybe(name) is not None and step.take(name) != said.get(name):
            wanted, got = dump(step.take(name)), dump(said.get(name))
            raise Difference(f"{step.what}: {name}: expected {wanted}, got {got}")

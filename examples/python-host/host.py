#!/usr/bin/env python3
"""A Python host: formats files with the formatter, a library written in TypeScript.

    host.py [--out FOLDER] FILE...

It loads libweir and formatter.weir of this checkout through ctypes, without any package, leases one
context for single files and one for all of them together, and prints a line for each file. With
--out it writes the results there, under the names of the files. Exit code 1 when a file is not of
its language, 3 when the engine for TypeScript is not installed.
"""

import argparse
import sys
from pathlib import Path

import cbor
from weir import Context, Pool, Weir, WeirError

CHECKOUT = Path(__file__).resolve().parents[2]
EXIT_SYNTAX, EXIT_NO_ENGINE = 1, 3


def format_one(context: Context, path: Path, source: str) -> "str | None":
    """The formatted text, or None after saying what is wrong."""
    try:
        answer = context.request("format", cbor.encode({"path": path.name, "source": source}))
    except WeirError as error:
        if error.status != "HANDLER":
            raise
        print(f"{path}: {error} {error.said.get('details', '')}")
        return None
    result = cbor.decode(answer)
    print(f"{path}: {'formatted' if result['changed'] else 'unchanged'}")
    return result["formatted"]


def format_together(pool: Pool, files: "list[tuple[Path, str]]") -> list:
    """All files in one request, with a line for each as the library reports it."""
    with pool.create(cbor.encode({})) as context:
        context.listen("progress")
        inputs = [{"path": path.name, "source": source} for path, source in files]
        results = cbor.decode(context.request("formatMany", cbor.encode({"files": inputs})))
        for _, payload in pool.events(max(1, len(files))):
            progress = cbor.decode(payload)
            print(f"  {progress['done']} of {progress['total']}: {progress['path']}")
        return results["results"]


def run(weir: Weir, library_path: str, paths: "list[Path]", out: "Path | None") -> int:
    files = [(path, path.read_text("utf-8")) for path in paths]
    with weir.library(library_path) as library, library.pool(max_slots=2) as pool:
        with pool.create(cbor.encode({})) as context:
            texts = [format_one(context, path, source) for path, source in files]
        together = format_together(pool, files)
    if [result.get("formatted") for result in together] != texts:
        raise AssertionError("formatMany and format differ")
    for (path, _), text in zip(files, texts):
        if out is not None and text is not None:
            (out / path.name).write_text(text, "utf-8")
    return EXIT_SYNTAX if None in texts else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Formats files with weir and prettier.")
    parser.add_argument("--out", type=Path, help="write the results into this folder")
    parser.add_argument("--weir", default=str(CHECKOUT / "build/release/lib/libweir.so.0"))
    parser.add_argument("--library", default=str(CHECKOUT / "examples/formatter/dist/formatter.weir"))
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    arguments = parser.parse_args()
    try:
        return run(Weir(arguments.weir), arguments.library, arguments.files, arguments.out)
    except WeirError as error:
        print(f"host.py: {error}", file=sys.stderr)
        return EXIT_NO_ENGINE if error.status == "ENGINE_MISSING" else 2


if __name__ == "__main__":
    sys.exit(main())

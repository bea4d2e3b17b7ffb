#!/usr/bin/env python3
"""The conformance host in Python: runs a plan of scenarios through ctypes, without any package.

    host.py LIBWEIR PLAN LIBRARY

Prints one line of JSON for each scenario: id, ok, differed, ms. Exit code 0 when all ran.
"""

import json
import sys
import time

from core import Core
from steps import run_steps
from world import World, open_gate


def run_in(world: World, scenario: dict, differed: list) -> None:
    try:
        run_steps(world, scenario["steps"])
    except Exception as error:
        differed.append(str(error) or repr(error))
    for gate in scenario["gates"]:
        open_gate(gate)
    try:
        world.end()
    except Exception as error:
        differed.append(str(error) or repr(error))
    differed.extend(world.differences)


def run_scenario(core: Core, library: str, scenario: dict) -> dict:
    differed, began = [], time.monotonic()
    try:
        world = World(core, library, scenario["pool"], run_steps)
    except Exception as error:
        differed.append(str(error) or repr(error))
    else:
        run_in(world, scenario, differed)
    took = (time.monotonic() - began) * 1000
    return {"id": scenario["id"], "ok": not differed, "differed": differed, "ms": took}


def main(core_path: str, plan_path: str, library: str) -> int:
    core = Core(core_path)
    with open(plan_path, encoding="utf-8") as file:
        plan = json.load(file)
    for scenario in plan["scenarios"]:
        print(json.dumps(run_scenario(core, library, scenario)), flush=True)
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: host.py LIBWEIR PLAN LIBRARY")
    sys.exit(main(*sys.argv[1:]))

// gate.ts: a door between a scenario and a handler, made of two files.
//
// Whoever comes to the gate PATH writes PATH.reached, and goes on when PATH.open is there. So a
// scenario orders what happens without waiting for a time, in whatever language its host is.

import { existsSync, writeFileSync } from 'node:fs';

const LOOK_EVERY_MS = 1;
/** Ends what a scenario forgot; no scenario gets here. */
const PATIENCE_MS = 20_000;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Tell that a handler came to the gate, without standing there. */
export function reach(path: string): void {
  writeFileSync(`${path}.reached`, '');
}

class Gate {
  private readonly end = Date.now() + PATIENCE_MS;

  constructor(private readonly path: string) {
    reach(path);
  }

  isOpen(): boolean {
    if (existsSync(`${this.path}.open`)) return true;
    if (Date.now() > this.end) throw new Error('nobody opened the gate');
    return false;
  }
}

/** Stand at the gate, and with it the worker. */
export function block(path: string): void {
  const gate = new Gate(path);
  while (!gate.isOpen()) Atomics.wait(sleeper, 0, 0, LOOK_EVERY_MS);
}

/** Stand at the gate while other calls run. Rejects when `signal` is aborted. */
export async function pass(path: string, signal?: AbortSignal): Promise<void> {
  const gate = new Gate(path);
  while (!gate.isOpen()) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    signal?.throwIfAborted();
  }
}

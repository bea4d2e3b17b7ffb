// gate.ts: a door between a scenario and a handler, made of two files.
//
// Whoever comes to the gate PATH writes PATH.reached, and goes on when PATH.open is there. So a
// scenario orders what happens without waiting for a time, in whatever language its host is.

import { existsSync, watch, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const LOOK_EVERY_MS = 1;
/** Ends what a scenario forgot; no scenario gets here. */
const PATIENCE_MS = 20_000;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Tell that a handler came to the gate, without standing there. */
export function reach(path: string): void {
  writeFileSync(`${path}.reached`, '');
}

const isOpen = (path: string): boolean => existsSync(`${path}.open`);

/** Stand at the gate, and with it the worker. */
export function block(path: string): void {
  const end = Date.now() + PATIENCE_MS;
  reach(path);
  while (!isOpen(path)) {
    if (Date.now() > end) throw new Error('nobody opened the gate');
    Atomics.wait(sleeper, 0, 0, LOOK_EVERY_MS);
  }
}

/** A call may be canceled before its handler listens; then there is no event. */
export function whenAborted(signal: AbortSignal, tell: () => void): void {
  if (signal.aborted) tell();
  else signal.addEventListener('abort', tell, { once: true });
}

/**
 * Stand at the gate while other calls run. It is told when the gate opens and runs nothing before:
 * what runs when its time is over is stopped, and not told. Rejects when `signal` is aborted.
 */
export async function pass(path: string, signal?: AbortSignal): Promise<void> {
  const changes = watch(dirname(path));
  try {
    await new Promise<void>((resolve, reject) => {
      const look = () => isOpen(path) && resolve();
      changes.on('change', look);
      if (signal !== undefined) whenAborted(signal, () => reject(signal.reason));
      reach(path);
      look();
    });
  } finally {
    changes.close();
  }
}

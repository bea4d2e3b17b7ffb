// gate.ts: a gate between a scenario and a handler, as ../../library/typescript/src/gate.ts has it,
// and other things that are waited for.

import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Difference } from './fields.js';

/** Ends a scenario that has failed already. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 1;

/** Whether the condition came true. */
export async function eventually(condition: () => boolean): Promise<boolean> {
  const end = Date.now() + PATIENCE_MS;
  while (!condition()) {
    if (Date.now() > end) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

/** @throws Difference when it took too long */
export async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  const late = new AbortController();
  const patience = sleep(PATIENCE_MS, undefined, { signal: late.signal }).then(
    () => {
      throw new Difference(`waited in vain: ${what}`);
    },
    () => promise,
  );
  try {
    return await Promise.race([promise, patience]);
  } finally {
    late.abort();
  }
}

async function waitForFile(path: string): Promise<void> {
  if (await eventually(() => existsSync(path))) return;
  throw new Difference(`waited in vain for a gate: ${basename(path)}`);
}

export const reached = (gate: string): Promise<void> => waitForFile(`${gate}.reached`);

export function standAtGate(gate: string): Promise<void> {
  writeFileSync(`${gate}.reached`, '');
  return waitForFile(`${gate}.open`);
}

export const openGate = (gate: string): void => writeFileSync(`${gate}.open`, '');

/**
 * message-port.ts: what a Node program has instead of weir: a worker thread that echoes 64 bytes,
 * with requests told apart by a number.
 */

import { Worker } from 'node:worker_threads';
import { measure, print } from '../in-flight.js';

interface Message {
  readonly id: number;
  readonly payload: Uint8Array;
}

const worker = new Worker(new URL('./echo-worker.mjs', import.meta.url));
const waiting = new Map<number, (payload: Uint8Array) => void>();
let lastId = 0;

worker.on('message', ({ id, payload }: Message) => {
  waiting.get(id)?.(payload);
  waiting.delete(id);
});

const payload = new Uint8Array(64).fill(7);
const ask = (): Promise<Uint8Array> =>
  new Promise((resolve) => {
    const id = ++lastId;
    waiting.set(id, resolve);
    worker.postMessage({ id, payload } satisfies Message);
  });

for (const [inFlight, count] of [
  [1, 10_000],
  [64, 50_000],
  [1_024, 50_000],
] as const) {
  print('MessagePort', await measure(ask, inFlight, count));
}
await worker.terminate();

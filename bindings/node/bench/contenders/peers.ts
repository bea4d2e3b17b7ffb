/** peers.ts: what a Node program has instead of weir, and the least that any host API needs. */

import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { BareBridge } from '../bare/bridge.js';
import { startWay } from '../koffi/ways.js';
import type { Contender } from './contender.js';

const WORKER = new URL('../peers/echo-worker.mjs', import.meta.url);
const payload = new Uint8Array(64).fill(7);

/** @param addon the bare bridge, which is built beside the addon */
export function startBare(addon: string): Contender {
  const bridge = BareBridge.load(addon);
  return {
    name: 'bare',
    inFlight: [1, 64, 1_024],
    ask: () => bridge.echo(payload),
    close: async () => undefined,
  };
}

/** A callback of koffi for each response. */
export function startCallback(core: string, library: string): Contender {
  return { name: 'koffi_callback', inFlight: [1_024], ...startWay('callback', core, library) };
}

export function startMessagePort(): Contender {
  const worker = new Worker(WORKER);
  const waiting = new Map<number, (payload: Uint8Array) => void>();
  let lastId = 0;
  worker.on('message', ({ id, payload }: { id: number; payload: Uint8Array }) => {
    waiting.get(id)?.(payload);
    waiting.delete(id);
  });
  const ask = (): Promise<Uint8Array> =>
    new Promise((resolve) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      worker.postMessage({ id, payload });
    });
  return { name: 'message_port', inFlight: [64, 1_024], ask, close: () => worker.terminate() };
}

/** With one thread, as the one context has. */
export function startPiscina(): Contender {
  const pool = new Piscina({
    filename: WORKER.href,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1_024,
  });
  return {
    name: 'piscina',
    inFlight: [64, 1_024],
    ask: () => pool.run(payload),
    close: () => pool.destroy(),
  };
}

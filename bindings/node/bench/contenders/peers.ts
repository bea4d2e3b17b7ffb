/** peers.ts: what a Node program has instead of weir, and the least that any host API needs. */

import { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { BareBridge } from '../bare/bridge.js';
import { startWay } from '../koffi/ways.js';
import type { Contender } from './contender.js';

const payload = new Uint8Array(64).fill(7);

/** @param addon the bare bridge, which is built beside the addon */
export function startBare(addon: string): Contender {
  const bridge = BareBridge.load(addon);
  return {
    name: 'bare',
    inFlight: [1, 64, 1_024],
    payload,
    ask: () => bridge.echo(payload),
    close: async () => undefined,
  };
}

/** A callback of koffi for each response. */
export function startCallback(core: string, library: string): Contender {
  return { name: 'koffi_callback', inFlight: [1_024], ...startWay('callback', core, library) };
}

/** @param program the built peers/echo-worker.ts */
export function startMessagePort(program: string): Contender {
  const worker = new Worker(program);
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
  const close = () => worker.terminate();
  return { name: 'message_port', inFlight: [64, 1_024], payload, ask, close };
}

/**
 * With one thread, as the one context has.
 *
 * @param program the built peers/echo-worker.ts
 */
export function startPiscina(program: string): Contender {
  const pool = new Piscina({
    filename: program,
    minThreads: 1,
    maxThreads: 1,
    concurrentTasksPerWorker: 1_024,
  });
  return {
    name: 'piscina',
    inFlight: [64, 1_024],
    payload,
    ask: () => pool.run(payload),
    close: () => pool.destroy(),
  };
}

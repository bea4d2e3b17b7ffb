/** piscina.ts: the same echo by the usual pool of worker threads, with one thread as weir has. */

import { Piscina } from 'piscina';
import { measure, print } from '../in-flight.js';

const pool = new Piscina({
  filename: new URL('./echo-worker.mjs', import.meta.url).href,
  minThreads: 1,
  maxThreads: 1,
  concurrentTasksPerWorker: 1_024,
});
const payload = new Uint8Array(64).fill(7);
const ask = (): Promise<unknown> => pool.run(payload);

for (const [inFlight, count] of [
  [1, 5_000],
  [64, 30_000],
  [1_024, 30_000],
] as const) {
  print('piscina', await measure(ask, inFlight, count));
}
await pool.destroy();

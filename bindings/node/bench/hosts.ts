/**
 * hosts.ts: the Node host beside its peers, in turns: a machine that is slower for a while is so
 * for all of them. Prints a line of JSON for each, with the median of its rounds.
 *
 *   node --import tsx bindings/node/bench/hosts.ts <bare.node> <typescript library>
 */

import { findCore } from '../src/core-path.js';
import { compileEchoLibrary } from '../src/testing/echo-library.js';
import type { Contender } from './contenders/contender.js';
import { startBare, startCallback, startMessagePort, startPiscina } from './contenders/peers.js';
import { startWeir } from './contenders/weir.js';
import type { Ask } from './in-flight.js';

const ROUNDS = 7;
const ROUND_MS = 250;
const KIB = 1_024;
const [bare = '', typescript = ''] = process.argv.slice(2);
const native = compileEchoLibrary();
const echo = { size: 64, path: native.path, inFlight: [1, 64, 1_024] };

const contenders: Contender[] = [
  startBare(bare),
  await startWeir({ ...echo, name: 'addon', transport: 'addon' }),
  await startWeir({ ...echo, name: 'koffi', transport: 'koffi' }),
  startCallback(findCore(), native.path),
  await startWeir({ ...echo, name: 'typescript', transport: 'addon', path: typescript }),
  startMessagePort(),
  startPiscina(),
  await startWeir({ ...echo, name: 'addon_4k', transport: 'addon', size: 4 * KIB, inFlight: [64] }),
  await startWeir({
    ...echo,
    name: 'addon_1m',
    transport: 'addon',
    size: KIB * KIB,
    inFlight: [1],
  }),
  await startWeir({ ...echo, name: 'koffi_4k', transport: 'koffi', size: 4 * KIB, inFlight: [64] }),
  await startWeir({
    ...echo,
    name: 'koffi_1m',
    transport: 'koffi',
    size: KIB * KIB,
    inFlight: [1],
  }),
];

/** Requests a second over a time, with always so many in flight. */
async function rateOf(ask: Ask, inFlight: number): Promise<number> {
  const began = performance.now();
  const end = began + ROUND_MS;
  let answered = 0;
  const one = async (): Promise<void> => {
    do {
      await ask();
      answered++;
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return (answered / (performance.now() - began)) * 1_000;
}

const rates = new Map<string, number[]>();
for (let round = 0; round <= ROUNDS; round++) {
  for (const { name, inFlight, ask } of contenders) {
    for (const count of inFlight) {
      const key = `node/${name}/${count}`;
      const rate = await rateOf(ask, count);
      if (round > 0) rates.set(key, [...(rates.get(key) ?? []), rate]); // the first one warms up
    }
  }
}
for (const [name, all] of rates) {
  const rate = all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  console.log(JSON.stringify({ name, ns: 1e9 / rate, rate, counters: {} }));
}
for (const contender of contenders) await contender.close();
native.remove();

/**
 * hosts.ts: the Node host beside its peers, in turns: a machine that is slower for a while is so
 * for all of them. Prints a line of JSON for each, with the median of its rounds, and then one for
 * each way of a payload whose copies are counted.
 *
 *   node --import tsx bindings/node/bench/hosts.ts <bare.node> <typescript library> <worker.mjs>
 */

import { findCore } from '../src/core-path.js';
import { countCopies } from '../src/testing/copies.js';
import { compileEchoLibrary } from '../src/testing/echo-library.js';
import type { Contender } from './contenders/contender.js';
import { startBare, startCallback, startMessagePort, startPiscina } from './contenders/peers.js';
import { startWeir } from './contenders/weir.js';
import type { Ask } from './in-flight.js';

const ROUNDS = 9;
const ROUND_MS = 250;
const KIB = 1_024;
const TRANSPORTS = ['addon', 'koffi'] as const;
/** Bytes of larger payloads, by their name in the results, and how many are in flight. */
const PAYLOADS = [
  { label: '4k', size: 4 * KIB, inFlight: [64] },
  { label: '1m', size: KIB * KIB, inFlight: [1] },
];
const [bare = '', typescript = '', worker = ''] = process.argv.slice(2);

async function startAll(native: string): Promise<Contender[]> {
  const echo = { size: 64, path: native, inFlight: [1, 64, 1_024] };
  const contenders = [
    startBare(bare),
    await startWeir({ ...echo, name: 'addon', transport: 'addon' }),
    await startWeir({ ...echo, name: 'koffi', transport: 'koffi' }),
    startCallback(findCore(), native),
    await startWeir({ ...echo, name: 'typescript', transport: 'addon', path: typescript }),
    startMessagePort(worker),
    startPiscina(worker),
  ];
  for (const transport of TRANSPORTS) {
    for (const { label, ...payload } of PAYLOADS) {
      const name = `${transport}_${label}`;
      contenders.push(await startWeir({ ...echo, ...payload, name, transport }));
    }
  }
  return contenders;
}

/** Whether it answers what it was sent. */
async function checkAnswer({ name, ask, payload }: Contender): Promise<void> {
  const answer = await ask();
  if (payload !== undefined && !Buffer.from(answer as Uint8Array).equals(payload)) {
    throw new Error(`${name} does not answer the payload`);
  }
}

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

/** The median of the rounds of each, by its name in the results. */
async function measure(contenders: readonly Contender[]): Promise<Map<string, number>> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    console.log(round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`);
    for (const { name, inFlight, ask } of contenders) {
      for (const count of inFlight) {
        const key = `node/${name}/${count}`;
        const rate = await rateOf(ask, count);
        if (round > 0) rates.set(key, [...(rates.get(key) ?? []), rate]);
      }
    }
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  return new Map([...rates].map(([name, all]) => [name, median(all)]));
}

const print = (name: string, rate: number, counters: object = {}): void =>
  console.log(JSON.stringify({ name, ns: rate === 0 ? 0 : 1e9 / rate, rate, counters }));

const native = compileEchoLibrary();
try {
  const contenders = await startAll(native.path);
  for (const contender of contenders) await checkAnswer(contender);
  for (const [name, rate] of await measure(contenders)) print(name, rate);
  for (const contender of contenders) await contender.close();
  for (const transport of TRANSPORTS) {
    for (const { size } of PAYLOADS) {
      const counters = await countCopies(native.path, transport, size);
      print(`node/copies/${transport}/${size}`, 0, counters);
    }
  }
} finally {
  native.remove();
}

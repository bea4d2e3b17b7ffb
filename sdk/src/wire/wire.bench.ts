/**
 * What the wire costs beside cbor-x, which does less: npm run bench:wire -w sdk
 *
 * Each figure is the best of several rounds, in one process, so that the ratios mean something. The
 * bytes are new ones for each decode, as they are when a request comes.
 */

import { Encoder } from 'cbor-x';
import { decode, encode } from './index.js';

const VALUES = 512;
const ROUNDS = 25;

interface CborX {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const cborX = new Encoder({
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  tagUint8Array: false,
  copyBuffers: true,
}) as CborX;

const small = (n: number) => ({
  id: 1000 + n,
  name: `bookmark-${n & 255}`,
  url: 'https://a.example/x',
  ok: true,
  n: 1.5,
});

const large = (n: number) => ({ items: Array.from({ length: 100 }, (_, at) => small(n + at)) });

const text = (n: number) => ({ path: `src/${n}.ts`, source: `const größe = ${n};\n`.repeat(500) });

function best(run: (index: number) => void, prepare: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    prepare();
    const began = process.hrtime.bigint();
    for (let index = 0; index < VALUES; index++) run(index);
    least = Math.min(least, Number(process.hrtime.bigint() - began) / VALUES);
  }
  return least;
}

function measure(name: string, make: (n: number) => unknown): void {
  const values = Array.from({ length: VALUES }, (_, n) => make(n));
  const encoded = values.map((value) => Buffer.from(encode(value)));
  let fresh: Uint8Array[] = [];
  const renew = () => {
    fresh = encoded.map((bytes) => new Uint8Array(bytes));
  };
  const rows: [string, (index: number) => void, (index: number) => void][] = [
    ['encode', (n) => encode(values[n]), (n) => cborX.encode(values[n])],
    ['decode', (n) => decode(fresh[n] as Uint8Array), (n) => cborX.decode(fresh[n] as Uint8Array)],
  ];
  for (const [what, ours, theirs] of rows) {
    for (let warm = 0; warm < 20; warm++) best(ours, renew) + best(theirs, renew);
    const [own, other] = [best(ours, renew), best(theirs, renew)];
    const bytes = encoded[0]?.length ?? 0;
    const ratio = (own / other).toFixed(2);
    process.stdout.write(
      `${name.padEnd(8)} ${String(bytes).padStart(6)} B ${what}  ` +
        `${own.toFixed(0).padStart(7)} ns, cbor-x ${other.toFixed(0).padStart(7)} ns, ${ratio} x\n`,
    );
  }
}

measure('small', small);
measure('large', large);
measure('text', text);

// The bars of the hosts: what Node and Go programs get, beside the least that a host needs and what
// they have instead.

import { NO_BAR, type ResultRow } from '../readme/figures.js';
import { atLeast, type Bar, type Get, millions, NOT_MEASURED, rowsOf, times } from './bars.js';
import type { Measured } from './measured.js';

const FREE = 'free';

/** At least `min` times as many a second, by the rates of both. */
function ahead(min: number, name: string, otherName: string) {
  return (get: Get) => {
    const [own, other] = [get(name).rate, get(otherName).rate];
    const measured = `${times(own / other)} (${millions(own)} / ${millions(other)})`;
    return { measured, met: own / other >= min };
  };
}

interface Compared {
  what: string;
  min: number;
  own: string;
  other: string;
}

const compare = ({ what, min, own, other }: Compared): Bar => ({
  what,
  bar: min === 0 ? NO_BAR : `>= ${min} x`,
  placement: FREE,
  measure: ahead(min, own, other),
});

const absolute = (what: string, min: number, name: string): Bar => ({
  what,
  bar: `>= ${(min / 1e6).toFixed(1)} M/s`,
  placement: FREE,
  measure: atLeast(min, name),
});

/** At most so many copies of a payload each way. */
const COPIES_MAX = 2;
/** What is copied beside payloads, as a share of theirs. */
const BESIDE = 0.2;

interface Payload {
  what: string;
  bytes: number;
  /** The echos of such payloads, and the counting of their copies. */
  echo: string;
  copies: string;
}

/** Echos of a large payload: what goes through, and how often it was copied, by counting. */
const payload = ({ what, bytes, echo, copies }: Payload): Bar => ({
  what,
  bar: `<= ${COPIES_MAX} copies each way`,
  placement: FREE,
  measure: (get) => {
    const { rate } = get(echo);
    const { in: into, out, outGiven } = get(copies).counters as Record<string, number>;
    if (into === undefined || out === undefined || outGiven === undefined) {
      throw new Error(`${copies} has no counts`);
    }
    const [ins, outs, given] = [into, out, outGiven].map((count) => count.toFixed(1));
    return {
      measured: `${ins} in, ${outs} out (${given} where the library does not lend its answer); ${(
        (rate * bytes) / 1e9
      ).toFixed(2)} GB/s each way`,
      met: into <= COPIES_MAX + BESIDE && out <= COPIES_MAX + BESIDE,
    };
  },
});

const SIZES = [
  { size: '4 KiB', bytes: 4_096, inFlight: 64, node: '4k/64', go: '4KiB64' },
  { size: '1 MiB', bytes: 1_048_576, inFlight: 1, node: '1m/1', go: '1MiB1' },
];

const nodeBars: Bar[] = [
  ...[1, 64, 1_024].map((inFlight) =>
    compare({
      what: `Node addon, native echo 64 B, ${inFlight} in flight, against the bare wake and drain`,
      min: 0.8,
      own: `node/addon/${inFlight}`,
      other: `node/bare/${inFlight}`,
    }),
  ),
  absolute('the same, 1,024 in flight', 2.5e6, 'node/addon/1024'),
  absolute('Node over koffi, native echo 64 B, 1,024 in flight', 1e6, 'node/koffi/1024'),
  compare({
    what: 'the same, against a callback of koffi for each response',
    min: 50,
    own: 'node/koffi/1024',
    other: 'node/koffi_callback/1024',
  }),
  ...[64, 1_024].flatMap((inFlight) => [
    compare({
      what: `Node, TypeScript echo 64 B, ${inFlight} in flight, against piscina`,
      min: 5,
      own: `node/typescript/${inFlight}`,
      other: `node/piscina/${inFlight}`,
    }),
    compare({
      what: `the same, against a MessagePort and a worker`,
      min: 1.5,
      own: `node/typescript/${inFlight}`,
      other: `node/message_port/${inFlight}`,
    }),
  ]),
  ...['addon', 'koffi'].flatMap((transport) =>
    SIZES.map(({ size, bytes, inFlight, node }) =>
      payload({
        what: `Node over ${transport}, native echo ${size}, ${inFlight} in flight`,
        bytes,
        echo: `node/${transport}_${node}`,
        copies: `node/copies/${transport}/${bytes}`,
      }),
    ),
  ),
];

const goBars: Bar[] = [
  ...[1, 64, 1000].map((goroutines) =>
    compare({
      what: `Go, native echo 64 B, ${goroutines} goroutines, against the bare callback bridge`,
      min: 0.8,
      own: `go/Echo${goroutines}`,
      other: `go/Bare${goroutines}`,
    }),
  ),
  absolute('the same, 1,000 goroutines', 1.5e6, 'go/Echo1000'),
  compare({
    what: 'Go, TypeScript echo 64 B, 64 goroutines, against HTTP to a Node sidecar',
    min: 10,
    own: 'go/echo64_http/free',
    other: 'go/http64/free',
  }),
  compare({
    what: 'the same, against one multiplexed unix socket to it',
    min: 1,
    own: 'go/echo64/free',
    other: 'go/sidecar64/free',
  }),
  ...SIZES.map(({ size, bytes, inFlight, go }) =>
    payload({
      what: `Go, native echo ${size}, ${inFlight} goroutine${inFlight === 1 ? '' : 's'}`,
      bytes,
      echo: `go/Echo${go}`,
      copies: `go/copies/${bytes}`,
    }),
  ),
];

/**
 * @param which all of them, or only those for which everything was measured
 */
export function hostsRows(
  found: ReadonlyMap<string, Measured>,
  which: 'all' | 'measured' = 'all',
): ResultRow[] {
  const rows = rowsOf([...nodeBars, ...goBars], found);
  return which === 'all' ? rows : rows.filter(({ measured }) => !measured.endsWith(NOT_MEASURED));
}

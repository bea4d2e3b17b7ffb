// The bars of the hosts: what Node and Go programs get, beside the least that a host needs and what
// they have instead.

import { NO_BAR, type ResultRow } from '../readme/figures.js';
import { atLeast, type Bar, type Get, microseconds, millions, rowsOf, times } from './bars.js';
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

/** What a request of this payload takes longer than one of 64 bytes. */
const payload = (what: string, name: string, small: string): Bar => ({
  what,
  bar: NO_BAR,
  placement: FREE,
  measure: (get) => {
    const beyond = get(name).ns - get(small).ns;
    return { measured: `${microseconds(get(name).ns)}, ${microseconds(beyond)} more`, met: true };
  },
});

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
  payload('Node addon, native echo 4 KiB, 64 in flight', 'node/addon_4k/64', 'node/addon/64'),
  payload('Node addon, native echo 1 MiB, one in flight', 'node/addon_1m/1', 'node/addon/1'),
  payload('Node over koffi, native echo 4 KiB, 64 in flight', 'node/koffi_4k/64', 'node/koffi/64'),
  payload('Node over koffi, native echo 1 MiB, one in flight', 'node/koffi_1m/1', 'node/koffi/1'),
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
];

export const hostsRows = (found: ReadonlyMap<string, Measured>): ResultRow[] =>
  rowsOf([...nodeBars, ...goBars], found);

// The bars of the TypeScript engine: which part of the benchmarks is compared with which other one
// of the same run, and what it must reach.

import { NO_BAR, type ResultRow } from '../readme/figures.js';
import { atLeast, type Bar, type Get, microseconds, millions, rowsOf, times } from './bars.js';
import type { Measured } from './measured.js';

const ONE_CORE = 'one core';
const TWO_CORES = 'two cores';
/** As the system places them: both cores for the workers. */
const FREE = 'free';

const milliseconds = (ns: number): string => `${(ns / 1e6).toFixed(2)} ms`;
const perSecond = (rate: number): string => `${rate.toFixed(rate < 100 ? 1 : 0)}/s`;
const megabytes = (count: number): string => `${count.toFixed(1)} MB`;
const counter = (one: Measured, name: string): number => one.counters[name] ?? Number.NaN;

/** At least `min` times as many a second. */
function ahead(min: number, name: string, otherName: string) {
  return (get: Get) => {
    const [own, other] = [get(name).rate, get(otherName).rate];
    const rates = own > 1e4 ? [own, other].map(millions) : [own, other].map(perSecond);
    const measured = `${times(own / other)} (${rates.join(' / ')})`;
    return { measured, met: own / other >= min };
  };
}

/** The rate at which new contexts went through all files once, against another one. */
function firstPass(name: string, otherName: string) {
  return (get: Get) => {
    const [own, other] = [counter(get(name), 'first_pass_rate'), get(otherName).rate];
    return {
      measured: `${times(own / other)} (${perSecond(own)} / ${perSecond(other)})`,
      met: true,
    };
  };
}

/** From the call of create until the instance has answered, without the way of that request. */
function createNs(get: Get): number {
  return get('create/first_answer/one_core').ns - get('create/round_trip/one_core').ns;
}

const createBars: Bar[] = [
  {
    what: 'create from a clean pooled slot: until the first answer, less a plain round trip',
    bar: '<= 50 us',
    placement: ONE_CORE,
    measure: (get) => {
      const ns = createNs(get);
      const handle = microseconds(get('create/handle/one_core').ns);
      const answer = microseconds(get('create/first_answer/one_core').ns);
      const parts = `weir_context_create ${handle}, until the answer ${answer}`;
      return { measured: `${microseconds(ns)} (${parts})`, met: ns <= 50_000 };
    },
  },
  {
    what: 'the same, against a new slot with a new environment and the bundle',
    bar: '>= 500 times as fast',
    placement: ONE_CORE,
    measure: (get) => {
      const cold = get('create/cold/one_core').ns - get('create/round_trip/one_core').ns;
      const ratio = cold / createNs(get);
      return { measured: `${times(ratio)} (${milliseconds(cold)})`, met: ratio >= 500 };
    },
  },
];

/** Growth by the straight line that fits best: at most `most` MB in `count` cycles. */
function flat(name: string, most: number, count: number) {
  return (get: Get) => {
    const grown = (counter(get(name), 'resident_bytes_each') * count) / 1e6;
    const heap = (counter(get(name), 'heap_bytes_each') * count) / 1e6;
    const measured = `${megabytes(grown)} resident, ${megabytes(heap)} of C heap`;
    return { measured, met: grown <= most };
  };
}

function cycles(min: number, name: string) {
  return (get: Get) => {
    const { rate } = get(name);
    return { measured: perSecond(rate), met: rate >= min };
  };
}

const cycleBars: Bar[] = [
  {
    what: 'create, a request and destroy, isolation `instance`, one slot',
    bar: '>= 5,000 cycles/s',
    placement: ONE_CORE,
    measure: cycles(5_000, 'cycles/instance/one_core'),
  },
  {
    what: 'the same, for comparison: a wake-up over cores each',
    bar: NO_BAR,
    placement: TWO_CORES,
    measure: cycles(0, 'cycles/instance/two_cores'),
  },
  {
    what: 'growth over 20,000 of these cycles, after 100,000',
    bar: '<= 4 MB',
    placement: ONE_CORE,
    measure: flat('cycles/instance/one_core', 4, 20_000),
  },
  {
    what: 'fresh environments, isolation `environment`, 3 slots',
    bar: '>= 45/s',
    placement: FREE,
    measure: cycles(45, 'cycles/environment/free'),
  },
  {
    what: 'growth over 1,000 fresh environments',
    bar: '<= 4 MB',
    placement: FREE,
    measure: flat('cycles/environment/free', 4, 1_000),
  },
];

function beyond(max: number, name: string, nativeName: string) {
  return (get: Get) => {
    const [own, native] = [get(name).ns, get(nativeName).ns];
    const parts = `${microseconds(own)} - ${microseconds(native)}`;
    return { measured: `${microseconds(own - native)} (${parts})`, met: own - native <= max };
  };
}

const requestBars: Bar[] = [
  {
    what: 'echo of 64 B, one outstanding, beyond the native round trip',
    bar: '<= 3 us',
    placement: ONE_CORE,
    measure: beyond(3_000, 'echo/engine/one_core', 'echo/native/one_core'),
  },
  {
    what: 'the same without spin, for comparison: a wake-up over cores each',
    bar: NO_BAR,
    placement: TWO_CORES,
    measure: beyond(Number.POSITIVE_INFINITY, 'echo/engine/two_cores', 'echo/native/two_cores'),
  },
  {
    what: 'the same, with guarded spin, as a pool does by default',
    bar: '<= 3 us',
    placement: TWO_CORES,
    measure: beyond(3_000, 'echo_spin/engine/two_cores', 'echo_spin/native/two_cores'),
  },
  {
    what: 'echo of 64 B, 64 outstanding, one context, from Go',
    bar: '>= 0.40 M/s',
    placement: TWO_CORES,
    measure: atLeast(400_000, 'go/echo64/two_cores'),
  },
  {
    what: 'the same from C, for comparison',
    bar: NO_BAR,
    placement: TWO_CORES,
    measure: atLeast(0, 'window/engine/two_cores'),
  },
  {
    what: 'the same from Go, against a Node sidecar over one multiplexed unix socket',
    bar: '> 1 x',
    placement: TWO_CORES,
    measure: ahead(1, 'go/echo64/two_cores', 'go/sidecar64/two_cores'),
  },
  {
    what: 'the same, for comparison',
    bar: NO_BAR,
    placement: ONE_CORE,
    measure: ahead(0, 'go/echo64/one_core', 'go/sidecar64/one_core'),
  },
];

function stop(name: string) {
  return (get: Get) => {
    const one = get(name);
    const measured = `${milliseconds(one.ns)} (slowest ${milliseconds(counter(one, 'most_ns'))})`;
    return { measured, met: one.ns <= 5e6 };
  };
}

const workBars: Bar[] = [
  {
    what: 'prettier on files <= 2 KB from Go, 2 slots in use for 40 s, against a process a file',
    bar: '>= 50 times',
    placement: TWO_CORES,
    measure: ahead(50, 'go/format_small/two_cores', 'go/format_process_small/two_cores'),
  },
  {
    what: 'the same in the first pass of the two, for comparison: V8 has compiled nothing yet',
    bar: NO_BAR,
    placement: FREE,
    measure: firstPass('go/format_small/two_cores', 'go/format_process_small/two_cores'),
  },
  {
    what: 'the same on real files of up to 16 KB, for comparison',
    bar: NO_BAR,
    placement: TWO_CORES,
    measure: ahead(0, 'go/format_any/two_cores', 'go/format_process_any/two_cores'),
  },
  {
    what: 'prettier in a context, against prettier in plain Node of the same version',
    bar: '>= 0.9 x',
    placement: TWO_CORES,
    measure: ahead(0.9, 'go/throughput_same/two_cores', 'go/throughput_plain_same/two_cores'),
  },
  {
    what: 'the same against the Node of the system, for comparison: a newer V8',
    bar: NO_BAR,
    placement: TWO_CORES,
    measure: ahead(0, 'go/throughput_any/two_cores', 'go/throughput_plain_any/two_cores'),
  },
  {
    what: '`while (true)` stopped by the timeout of its request: until the next one is answered',
    bar: '<= 5 ms after the limit',
    placement: TWO_CORES,
    measure: stop('stop/timeout/two_cores'),
  },
  {
    what: 'the same by `wedged_ms`, of 1.2 s',
    bar: '<= 5 ms after the limit',
    placement: TWO_CORES,
    measure: stop('stop/wedged/two_cores'),
  },
  {
    what: 'memory of a context with the formatter, after one file',
    bar: '<= 40 MB',
    placement: TWO_CORES,
    measure: (get) => {
      const each = counter(get('memory/formatter/two_cores'), 'megabytes_each');
      return { measured: megabytes(each), met: each <= 40 };
    },
  },
  {
    what: 'a context that has nothing to do',
    bar: '0 wake-ups/s',
    placement: TWO_CORES,
    measure: (get) => {
      const wakes = counter(get('idle/two_cores'), 'wakes_per_s');
      return { measured: perSecond(wakes), met: wakes === 0 };
    },
  },
];

export const engineBars: Bar[] = [...createBars, ...cycleBars, ...requestBars, ...workBars];

export const engineRows = (found: ReadonlyMap<string, Measured>): ResultRow[] =>
  rowsOf(engineBars, found);

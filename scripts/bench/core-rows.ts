// The bars of the core: which benchmark is compared with which floor of the same run, and what it
// must reach.

import { NO_BAR, type ResultRow } from '../readme/figures.js';
import { atLeast, atMost, type Bar, microseconds, millions, rowsOf, times } from './bars.js';
import type { Measured } from './measured.js';

const WAKE = 'floor/wake_round_trip';

export const coreBars: Bar[] = [
  {
    what: 'request round trip, 64 B, one outstanding',
    bar: '<= 1.25 x the eventfd and epoll round trip',
    placement: 'one core',
    measure: atMost(1.25, 'request/round_trip/64/one_core', `${WAKE}/one_core`),
  },
  {
    what: 'the same with guarded spin, where it cannot help',
    bar: '<= 1.1 x without spin',
    placement: 'one core',
    measure: atMost(1.1, 'request/round_trip/64/one_core_spin', 'request/round_trip/64/one_core'),
  },
  {
    what: 'the same with guarded spin, where it can help',
    bar: '>= 5 x faster than without spin',
    placement: 'two cores',
    measure: (get) => {
      const plain = get('request/round_trip/64/two_cores').ns;
      const spin = get('request/round_trip/64/two_cores_spin').ns;
      const measured = `${times(plain / spin)} (${microseconds(plain)} / ${microseconds(spin)})`;
      return { measured, met: plain / spin >= 5 };
    },
  },
  {
    what: 'create and destroy, waiting for DESTROYED',
    bar: '<= 1.5 x the eventfd and epoll round trip',
    placement: 'one core',
    measure: atMost(1.5, 'context/create_destroy_wait/one_core', `${WAKE}/one_core`),
  },
  {
    what: 'create and destroy, not waiting, 8 slots',
    bar: '>= 500,000 cycles/s',
    placement: 'two cores',
    measure: atLeast(500_000, 'context/create_destroy/8_slots/two_cores'),
  },
  {
    what: 'the same on one core, for comparison: a switch of threads each',
    bar: NO_BAR,
    placement: 'one core',
    measure: atLeast(0, 'context/create_destroy/8_slots/one_core'),
  },
  {
    what: '8 producers with 64 outstanding each, one context',
    bar: '>= 3 M/s, or >= 60 % of the bare queue',
    placement: 'free',
    measure: (get) => {
      const own = get('request/8_producers/64_outstanding').rate;
      const bare = get('floor/queue/8_producers').rate;
      const share = own / bare;
      const measured = `${millions(own)}, ${(share * 100).toFixed(0)} % of ${millions(bare)}`;
      return { measured, met: own >= 3e6 || share >= 0.6 };
    },
  },
  {
    what: 'round trip of 64 KiB',
    bar: '<= 1.25 x (wake round trip with a memcpy on each side)',
    placement: 'one core',
    measure: atMost(
      1.25,
      'request/round_trip/64KiB/one_core',
      'floor/copy_round_trip/64KiB/one_core',
    ),
  },
  {
    what: 'events by queue, one emitter',
    bar: '>= 5 M/s',
    placement: 'free',
    measure: atLeast(5e6, 'events/one_emitter/queue'),
  },
  {
    what: 'idle native context',
    bar: '<= 128 KB resident, 0 wake-ups/s, 2 threads, <= 3 descriptors',
    placement: 'free',
    measure: (get) => {
      const {
        resident_kb = 1e9,
        wakes_per_s = 1e9,
        threads = 0,
        descriptors = 1e9,
      } = get('context/idle').counters;
      const parts = [`${resident_kb.toFixed(0)} KB`, `${wakes_per_s.toFixed(1)} wake-ups/s`];
      const measured = [...parts, `${threads} threads`, `${descriptors} descriptors`].join(', ');
      const met = resident_kb <= 128 && wakes_per_s === 0 && threads === 2 && descriptors <= 3;
      return { measured, met };
    },
  },
  {
    what: 'cold create, the slot is built',
    bar: '<= 1.5 x (two thread creations + descriptors)',
    placement: 'one core',
    measure: atMost(1.5, 'context/cold_create/one_core', 'floor/slot_parts/one_core'),
  },
  {
    what: 'the same, until the first response',
    bar: '<= 1.5 x the same, until both threads run',
    placement: 'one core',
    measure: atMost(
      1.5,
      'context/cold_create_response/one_core',
      'floor/slot_parts_running/one_core',
    ),
  },
  {
    what: 'Go, 1,000 goroutines, 64 B echo',
    bar: '>= 1.5 M/s',
    placement: 'free',
    measure: atLeast(1.5e6, 'go/Echo1000'),
  },
];

export const coreRows = (found: ReadonlyMap<string, Measured>): ResultRow[] =>
  rowsOf(coreBars, found);

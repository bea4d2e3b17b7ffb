/** pool-options.ts: a pool's limits and times, and how they reach the core. */

import { WeirError } from './error.js';
import type { Notice } from './notice.js';
import { FOREVER, type TransportPoolOptions } from './transport.js';

/**
 * All are optional; the default stands with each. Times are milliseconds, kept as whole ones.
 * `Infinity` switches off what would happen after a time.
 */
export interface PoolOptions {
  /** Contexts at the same time. 32; at most 1,024 in a process. */
  readonly maxSlots?: number;
  /** Idle slots that are kept however long they idle. 0. */
  readonly minIdle?: number;
  /** After which other idle slots are retired. 600,000; may be Infinity. */
  readonly idleTimeout?: number;
  /** Contexts that a slot serves before it is built anew. Any number. */
  readonly maxUses?: number;
  /** Age at which a slot is built anew, when its context ends. Any age. */
  readonly maxAge?: number;
  /** At destroy, for handlers to end by themselves. 1,500; 0 for none. */
  readonly drainTime?: number;
  /** Then, to end after cancel. 1,500; 0 for none. */
  readonly cancelTime?: number;
  /** Then, for the library's destroy. 2,000. */
  readonly teardownTime?: number;
  /** A handler counts as slow in the stats. 1,000; may be Infinity. */
  readonly slowAfter?: number;
  /** A handler counts as unresponsive. 5,000; may be Infinity. */
  readonly wedgedAfter?: number;
  /** Between two looks at a busy context. 500. */
  readonly checkEvery?: number;
  /** Stop an unresponsive handler, where the engine can. false. */
  readonly interruptWedged?: boolean;
  /** In flight, a context. 4,096; at most 32,768. */
  readonly maxRequests?: number;
  /** Bytes of their payloads. 64 MiB. */
  readonly maxRequestBytes?: number;
  /** Emitted and not yet received, a context. 1,024; at most 16,384. */
  readonly maxEvents?: number;
  /** Bytes of one payload. 16 MiB. */
  readonly maxPayload?: number;
  /** Longest guarded spin before a thread sleeps, in microseconds. 20; 0 for none. */
  readonly spin?: number;
  /** Bytes of each thread's stack. 1 MiB. */
  readonly stackSize?: number;
  /** A context that is open for longer gets a notice. Infinity; at least 2,000. */
  readonly leakAfter?: number;
  /** What the next owner of a slot finds of the last one. `instance`; not for native libraries. */
  readonly isolation?: 'instance' | 'environment';
  /** Prepared idle slots that the pool keeps ready, up to maxSlots. 0. */
  readonly minClean?: number;
  /** MiB that an instance may hold, heap and buffers each. 256; at least 32; not native. */
  readonly heapLimit?: number;
  /** Told what happens to contexts. Without one, leaks and ended instances are process warnings. */
  readonly onNotice?: (notice: Notice) => void;
}

/** Where an option's smallest or largest value means something else to the core. */
type Off = 'zero' | 'infinity' | 'infinity-is-default' | 'never';

const FIELDS = {
  maxSlots: ['maxSlots', 'never'],
  minIdle: ['minIdle', 'never'],
  idleTimeout: ['idleTimeoutMs', 'infinity'],
  maxUses: ['maxUses', 'infinity-is-default'],
  maxAge: ['maxAgeMs', 'infinity-is-default'],
  drainTime: ['drainMs', 'zero'],
  cancelTime: ['cancelMs', 'zero'],
  teardownTime: ['teardownMs', 'never'],
  slowAfter: ['slowMs', 'infinity'],
  wedgedAfter: ['wedgedMs', 'infinity'],
  checkEvery: ['checkMs', 'never'],
  maxRequests: ['maxRequests', 'never'],
  maxRequestBytes: ['maxRequestBytes', 'never'],
  maxEvents: ['maxEvents', 'never'],
  maxPayload: ['maxPayload', 'never'],
  spin: ['spinUs', 'zero'],
  stackSize: ['stackSize', 'never'],
  leakAfter: ['leakThresholdMs', 'infinity-is-default'],
  minClean: ['minClean', 'never'],
  heapLimit: ['heapLimitMb', 'never'],
} as const satisfies { [name in keyof PoolOptions]: [keyof TransportPoolOptions, Off] };

const OTHERS: ReadonlySet<string> = new Set(['interruptWedged', 'isolation', 'onNotice']);
/** Options that the core takes as 64 bits. */
const WIDE: ReadonlySet<string> = new Set(['maxRequestBytes']);

const refuse = (why: string): never => {
  throw new WeirError('INVALID_ARGUMENT', 'create pool', why);
};

function fieldValue(name: string, value: unknown, off: Off): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return refuse(`${name} is not a number`);
  if (value === 0 && off === 'zero') return FOREVER;
  if (value === Number.POSITIVE_INFINITY && off === 'infinity') return FOREVER;
  if (value === Number.POSITIVE_INFINITY && off === 'infinity-is-default') return 0;
  const whole = Math.ceil(value);
  const limit = WIDE.has(name) ? Number.MAX_SAFE_INTEGER : FOREVER - 1;
  return whole >= 0 && whole <= limit ? whole : refuse(`${name} is out of range`);
}

/** @throws WeirError INVALID_ARGUMENT that names the option */
export function transportPoolOptions(options: PoolOptions): TransportPoolOptions {
  const fields: { [name: string]: number } = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || OTHERS.has(name)) continue;
    if (!Object.hasOwn(FIELDS, name)) refuse(`there is no option ${name}`);
    const [field, off] = FIELDS[name as keyof typeof FIELDS];
    fields[field] = fieldValue(name, value, off);
  }
  const { isolation = 'instance' } = options;
  if (isolation !== 'instance' && isolation !== 'environment') {
    refuse('isolation is neither instance nor environment');
  }
  return {
    ...fields,
    onWedged: options.interruptWedged === true ? 1 : 0,
    isolation: isolation === 'environment' ? 1 : 0,
  };
}

/** Milliseconds for the core. @throws WeirError INVALID_ARGUMENT */
export function timeoutMs(timeout: number | undefined, none: number, operation: string): number {
  if (timeout === undefined || timeout === Number.POSITIVE_INFINITY) return none;
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    throw new WeirError('INVALID_ARGUMENT', operation, 'timeout is not a time');
  }
  return Math.min(Math.ceil(timeout), FOREVER - 1);
}

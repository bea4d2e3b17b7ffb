/** pool-options.ts: options of a pool as the core reads them. */

import { statusError, type TransportPoolOptions } from '@weir-ffi/sdk/host';

import type { Fields } from './fields.js';
import { POOL_OPTIONS } from './structs.js';

const INVALID_ARGUMENT = 1;
/** WEIR_DELIVER_QUEUE. */
const DELIVER_QUEUE = 1;

const LARGEST = { u32: 2 ** 32 - 1, u64: Number.MAX_SAFE_INTEGER } as const;

type Field = (typeof POOL_OPTIONS.names)[number];

/**
 * @param queue where the pool delivers
 * @throws WeirError INVALID_ARGUMENT: an option that the core does not have, or a value that does
 *   not fit its field. The core says what it thinks of all others.
 */
export function writePoolOptions(
  struct: Fields<Field>,
  options: TransportPoolOptions,
  queue: number,
): void {
  struct.set('delivery', DELIVER_QUEUE);
  struct.set('queue', queue);
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) {
      struct.set(checkedName(name), checkedValue(name, value));
    }
  }
}

const OWN: ReadonlySet<string> = new Set(['structSize', 'delivery', 'queue', 'callback']);

function checkedName(name: string): Field {
  if (OWN.has(name) || !(POOL_OPTIONS.names as readonly string[]).includes(name)) {
    throw statusError(INVALID_ARGUMENT, 'create the pool', `${name}: a pool has no such option`);
  }
  return name as Field;
}

function checkedValue(name: string, value: unknown): number {
  const width = POOL_OPTIONS.width[name as Field] === 'u64' ? 'u64' : 'u32';
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > LARGEST[width]) {
    const reason = `${name}: ${String(value)} is no whole number from 0 to ${LARGEST[width]}`;
    throw statusError(INVALID_ARGUMENT, 'create the pool', reason);
  }
  return value as number;
}

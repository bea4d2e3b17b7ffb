/** create-transport.ts: chooses the way to the core. */

import { type Transport, type TransportKind, WeirError } from '@weir-ffi/sdk/host';
import { loadAddon } from './addon/native.js';
import { AddonTransport } from './addon/transport.js';

/**
 * A new transport for this JavaScript thread.
 *
 * @param kind which one; undefined for the best that works here
 * @throws WeirError TRANSPORT_MISSING
 */
export function createTransport(kind?: TransportKind): Transport {
  try {
    return new AddonTransport(loadAddon());
  } catch (cause) {
    const what = kind ?? 'addon';
    throw new WeirError('TRANSPORT_MISSING', 'open', `the ${what} cannot be loaded`, { cause });
  }
}

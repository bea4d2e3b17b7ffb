/** load-transport.ts: finds the way to the core that this process has. */

import { WeirError } from './error.js';
import type { Transport } from './transport.js';

/** Which way to the core: `addon` needs a compiled addon, `koffi` does not. */
export type TransportKind = 'addon' | 'koffi';

/** What @weir-ffi/node exports for this. */
interface TransportPackage {
  /** @param kind undefined: the addon, or the fallback with one notice where it is missing */
  createTransport(kind?: TransportKind): Transport | Promise<Transport>;
}

const PACKAGE: string = '@weir-ffi/node';
const loaded = new Map<TransportKind | 'best', Promise<Transport>>();

async function load(kind: TransportKind | undefined): Promise<Transport> {
  let found: TransportPackage;
  try {
    found = (await import(PACKAGE)) as TransportPackage;
  } catch (error) {
    throw new WeirError('TRANSPORT_MISSING', 'open', `${PACKAGE} cannot be loaded: install it`, {
      cause: error,
    });
  }
  return found.createTransport(kind);
}

/**
 * The transport of this JavaScript thread: made once for each kind.
 *
 * @throws WeirError TRANSPORT_MISSING
 */
export function loadTransport(kind?: TransportKind): Promise<Transport> {
  const key = kind ?? 'best';
  const there = loaded.get(key);
  if (there !== undefined) return there;
  const loading = load(kind);
  loaded.set(key, loading);
  loading.catch(() => loaded.delete(key));
  return loading;
}

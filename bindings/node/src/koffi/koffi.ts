/** koffi.ts: the package koffi, which is optional. */

import { createRequire } from 'node:module';

import { WeirError } from '@weir-ffi/sdk/host';

export type Koffi = typeof import('koffi');

const require = createRequire(import.meta.url);

/** @throws WeirError TRANSPORT_MISSING: not installed, or without a build for this system */
export function loadKoffi(): Koffi {
  try {
    return require('koffi') as Koffi;
  } catch (cause) {
    const reason = `the package koffi cannot be loaded: ${(cause as Error).message}`;
    throw new WeirError('TRANSPORT_MISSING', 'open the koffi transport', reason, { cause });
  }
}

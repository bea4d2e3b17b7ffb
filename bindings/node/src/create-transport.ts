/** create-transport.ts: chooses the way to the core. */

import { statusError, type Transport, type TransportKind, WeirError } from '@weir-ffi/sdk/host';
import { loadAddon } from './addon/native.js';
import { openAddonTransport } from './addon/transport.js';
import { findCore } from './core-path.js';
import { openKoffiTransport } from './koffi/transport.js';

const INVALID_ARGUMENT = 1;

/**
 * A new transport for this JavaScript thread.
 *
 * @param kind which one; undefined for the one that WEIR_TRANSPORT names, else the addon, or the
 *   fallback with a warning where it is missing
 * @throws WeirError TRANSPORT_MISSING
 */
export function createTransport(kind: TransportKind | undefined = kindOfProcess()): Transport {
  switch (kind) {
    case 'addon':
      return createAddonTransport();
    case 'koffi':
      return openKoffiTransport(findCore());
    default:
      return createBestTransport();
  }
}

function kindOfProcess(): TransportKind | undefined {
  const named = process.env.WEIR_TRANSPORT;
  if (named === undefined || named === '') {
    return undefined;
  }
  if (named !== 'addon' && named !== 'koffi') {
    const reason = `WEIR_TRANSPORT: ${named} is neither addon nor koffi`;
    throw statusError(INVALID_ARGUMENT, 'open', reason);
  }
  return named;
}

function createAddonTransport(): Transport {
  try {
    return openAddonTransport(loadAddon());
  } catch (cause) {
    const [firstLine] = (cause as Error).message.split('\n', 1);
    const reason = `the addon cannot be loaded: ${firstLine}`;
    throw new WeirError('TRANSPORT_MISSING', 'open', reason, { cause });
  }
}

function createBestTransport(): Transport {
  let missing: WeirError;
  try {
    return createAddonTransport();
  } catch (error) {
    missing = error as WeirError;
  }
  try {
    const transport = openKoffiTransport(findCore());
    if (transport.isFirst) {
      warnOfFallback(missing);
    }
    return transport;
  } catch (error) {
    const reason = `${missing.reason}; ${(error as WeirError).reason}`;
    throw new WeirError('TRANSPORT_MISSING', 'open', reason, { cause: missing });
  }
}

function warnOfFallback(missing: WeirError): void {
  const words = `${missing.reason}. weir uses its slower fallback, koffi.`;
  process.emitWarning(words, { type: 'WeirWarning', code: 'WEIR_FALLBACK' });
}

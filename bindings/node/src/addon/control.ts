/** control.ts: the calls that are made seldom: libraries, pools, contexts, listeners. */

import { type SlotCounts, statusError, type Transport } from '@weir-ffi/sdk/host';
import { closeResult } from '../abi/close-result.js';
import { Fields } from '../abi/fields.js';
import type { Layout } from '../abi/layout.js';
import { writePoolOptions } from '../abi/pool-options.js';
import { CLOSE_REPORT, POOL_OPTIONS, POOL_STATS, PROCESS_STATS } from '../abi/structs.js';
import type { ListenersForAll } from '../listeners-for-all.js';
import type { NativeAddon } from './native.js';

/** What the addon throws. */
interface NativeError extends Error {
  readonly status?: number;
  readonly slots?: SlotCounts;
}

/** The calls of a transport that go straight to the core. */
export type Control = Pick<
  Transport,
  | 'openLibrary'
  | 'findMethod'
  | 'closeLibrary'
  | 'createPool'
  | 'prewarm'
  | 'poolStats'
  | 'closePool'
  | 'processStats'
  | 'createNow'
  | 'createQueued'
  | 'cancelCreate'
  | 'destroyContext'
  | 'listen'
  | 'unlisten'
  | 'release'
>;

/** What the call throws becomes a WeirError of the operation. */
export function checked<Args extends unknown[], Result>(
  call: (...args: Args) => Result,
  describe: (...args: Args) => string,
): (...args: Args) => Result {
  return (...args) => {
    try {
      return call(...args);
    } catch (error) {
      const { status, message, slots } = error as NativeError;
      if (status === undefined) throw error;
      throw statusError(status, describe(...args), message, { slots });
    }
  };
}

const fieldsOf = <Name extends string>(layout: Layout<Name>, bytes: ArrayBuffer): Fields<Name> =>
  new Fields(layout, new Uint32Array(bytes));

/**
 * @param flush sends what was submitted: it comes before a destroy or a close
 * @param listenersForAll is told of listeners for all names
 */
export function controlOf(
  native: NativeAddon,
  flush: () => void,
  listenersForAll: ListenersForAll,
): Control {
  const listen = checked(native.listen, () => 'listen');
  const createPool = checked(native.createPool, () => 'create the pool');
  const poolStats = checked(native.poolStats, () => 'read the stats of the pool');
  const processStats = checked(native.processStats, () => 'read the stats of the process');
  const destroyContext = checked(native.destroyContext, () => 'destroy the context');
  return {
    openLibrary: checked(native.openLibrary, (path) => `open ${path}`),
    findMethod: checked(native.findMethod, (_library, name) => `find the method ${name}`),
    closeLibrary: checked(native.closeLibrary, () => 'close the library'),
    createPool(library, options) {
      const fields = new Fields(POOL_OPTIONS);
      writePoolOptions(fields, options, 0); // the addon knows its queue
      return createPool(library, fields.words.buffer);
    },
    prewarm: checked(native.prewarm, () => 'prewarm the pool'),
    poolStats: (pool) => fieldsOf(POOL_STATS, poolStats(pool)).read(),
    async closePool(pool, timeoutMs) {
      flush();
      const { status, report } = await native.closePool(pool, timeoutMs);
      return closeResult(status, fieldsOf(CLOSE_REPORT, report));
    },
    processStats: () => fieldsOf(PROCESS_STATS, processStats()).read(),
    createNow: checked(native.createNow, () => 'create the context'),
    createQueued: checked(native.createQueued, () => 'create the context'),
    cancelCreate: native.cancelCreate,
    destroyContext(context) {
      flush();
      destroyContext(context);
    },
    listen(context, name, owner) {
      const listener = listen(context, name, owner);
      if (name === undefined) listenersForAll.add(context, listener);
      return listener;
    },
    unlisten(context, listener) {
      listenersForAll.remove(context, listener);
      native.unlisten(context, listener);
    },
    release: native.release,
  };
}

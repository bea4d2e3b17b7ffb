/**
 * thread-end.ts: closes what a worker thread has open in the core when the thread ends.
 *
 * Worker.terminate() runs no JavaScript in the worker. So the C library is told beforehand what to
 * call when the thread ends, as it does for C++ objects of a thread: functions of the core, which
 * take a handle, refuse one that is stale, and do not block.
 *
 * Guarantees
 *   - in a worker, libraries and pools are closed behind its thread; so is the queue, unless a pool
 *     still ends: then it stays until the process ends, with what was not collected
 *   - in the main thread nothing is asked: there the process ends, and all of it
 * Assumes
 *   - the C library has __cxa_thread_atexit_impl, as glibc; with another one nothing is closed
 *   - a handle is passed as a pointer is, as on all systems of 64 bits
 */

import { isMainThread } from 'node:worker_threads';
import type { Koffi } from './koffi.js';

type CloseLater = (handle: number) => void;

export interface ThreadEnd {
  readonly closeLibrary: CloseLater;
  readonly closePool: CloseLater;
  readonly closeQueue: CloseLater;
}

const ignore = (): void => undefined;
const NOTHING: ThreadEnd = { closeLibrary: ignore, closePool: ignore, closeQueue: ignore };

/** @param corePath of libweir.so, which is loaded */
export function atThreadEnd(koffi: Koffi, corePath: string): ThreadEnd {
  if (isMainThread) return NOTHING;
  try {
    const library = koffi.load(corePath, { global: true });
    const find = library.func('dlsym', 'uintptr_t', ['uintptr_t', 'const char *']);
    const types = ['uintptr_t', 'uintptr_t', 'uintptr_t'];
    const call = library.func('__cxa_thread_atexit_impl', 'int', types);
    const closer = (name: string): CloseLater => {
      const address = find(0, name);
      return (handle) => void call(address, handle, address);
    };
    return {
      closeLibrary: closer('weir_library_close'),
      closePool: closer('weir_pool_close'),
      closeQueue: closer('weir_queue_close'),
    };
  } catch {
    return NOTHING; // no such function in this C library
  }
}

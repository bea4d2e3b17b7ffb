/** echo.ts: the native echo of 64 bytes through a transport, by what the host API adds to it. */

import type { Transport } from '@weir-ffi/sdk/host';
import type { Ask } from '../in-flight.js';

const NO_CONFIG = new Uint8Array(0);

/** @returns how to send one request, and how to end */
export function startEcho(
  transport: Transport,
  path: string,
  size: number,
): { ask: Ask; close: () => Promise<unknown> } {
  const settle: ((length: number) => void)[] = [];
  const free: number[] = [];
  transport.start({
    response(owner, _status, _bytes, begin, end) {
      free.push(owner);
      settle[owner]?.(end - begin);
    },
    refused(_owner, _status, message) {
      throw new Error(message);
    },
    record() {},
  });
  const library = transport.openLibrary(path).handle;
  const method = transport.findMethod(library, 'echo');
  const pool = transport.createPool(library, {});
  const context = transport.createNow(pool, 1, NO_CONFIG, '');
  const payload = new Uint8Array(size).fill(7);
  const flush = (): void => transport.flush();
  transport.ref();
  const ask = (): Promise<number> =>
    new Promise((resolve) => {
      const owner = free.pop() ?? settle.length;
      settle[owner] = resolve;
      if (transport.submit(owner, context, method, payload, 0)) {
        queueMicrotask(flush);
      }
    });
  const close = async (): Promise<void> => {
    await transport.closePool(pool, 0);
    transport.unref();
  };
  return { ask, close };
}

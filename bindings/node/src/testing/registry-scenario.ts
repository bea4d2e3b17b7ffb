/**
 * registry-scenario.ts: a Jest test that registry.test.ts runs in a Jest of its own. It leaves a
 * pool and a context open in one copy of the package after the other.
 */

import { expect, jest, test } from '@jest/globals';
import type { BytesTypes } from '@weir-ffi/sdk/host';

const path = process.env.WEIR_ECHO_LIBRARY ?? '';

test.each(['addon', 'koffi'] as const)('copies over %s are left open', async (kind) => {
  for (const words of ['one', 'two', 'three']) {
    jest.resetModules();
    const { createTransport } = await import('../create-transport.js');
    const { Library } = await import('@weir-ffi/sdk/host');
    const library = await Library.open<BytesTypes>(path, { transport: createTransport(kind) });
    const context = await library.createPool().create();
    context.on('tick', () => undefined);
    const answer = await context.request('echo', Buffer.from(words));
    expect(Buffer.from(answer).toString()).toBe(words);
  }
});

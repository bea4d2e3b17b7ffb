// Contexts that a host forgot to destroy: a file of its own, since those of other tests count too.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, jest, test } from '@jest/globals';
import type { Pool } from './pool.js';
import { type FakeTransport, microtasks, openFake } from './testing/fake-transport.js';

const WARNING = { type: 'WeirWarning', code: 'WEIR_CONTEXT_LEAKED' };

/** Contexts that no variable knows any more: lost, waiting, listening and ended. */
async function forgetAll(pool: Pool, transport: FakeTransport): Promise<void> {
  await pool.create(undefined, { tag: 'lost' });
  const waiting = await pool.create(undefined, { tag: 'waiting' });
  waiting.request('echo').catch(() => undefined);
  const listening = await pool.create(undefined, { tag: 'listening' });
  listening.on('tick', () => undefined);
  const ended = await pool.create(undefined, { tag: 'ended' });
  const destroying = ended.destroy();
  transport.destroyed(transport.owner);
  await destroying;
}

test('a lost context is destroyed with a warning; one in use, or ended, is not', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  try {
    const { transport, library } = await openFake();
    await forgetAll(library.createPool(), transport);
    transport.asked.length = 0;
    for (let quiet = 0; quiet < 5; quiet += warn.mock.calls.length) {
      await microtasks();
      collect();
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('context lost was forgotten'), WARNING],
    ]);
    expect(transport.asked).toEqual(['flush 0', 'destroy 101']);
  } finally {
    warn.mockRestore();
  }
});

// Copies of the package in one process, as Jest makes them: each with a transport of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { BytesTypes, ProcessStats, TransportKind } from '@weir-ffi/sdk/host';
import { compileEchoLibrary, type EchoLibrary } from './testing/echo-library.js';

let echo: EchoLibrary;
beforeAll(() => {
  echo = compileEchoLibrary();
});
afterAll(() => echo.remove());

/** A copy that shares no module with one made before. */
async function freshCopy(kind: TransportKind) {
  jest.resetModules();
  const { createTransport } = await import('./create-transport.js');
  const { Library, WeirError } = await import('@weir-ffi/sdk/host');
  const transport = createTransport(kind);
  const library = await Library.open<BytesTypes>(echo.path, { transport });
  return { Library, WeirError, library, transport, pool: library.createPool() };
}

type Copy = Awaited<ReturnType<typeof freshCopy>>;

const asked = async ({ pool }: Copy, words: string): Promise<string> => {
  await using context = await pool.create();
  return Buffer.from(await context.request('echo', Buffer.from(words))).toString();
};

const end = async ({ pool, library }: Copy): Promise<void> => {
  await pool.close();
  library.close();
};

/** What closing gives back at once. A queue is its transport's, until the environment ends. */
const open = ({ libraries, pools, slots, contexts, instances }: ProcessStats) => ({
  ...{ libraries, pools, slots, contexts, instances },
});
const NOTHING = { libraries: 0, pools: 0, slots: 0, contexts: 0, instances: 0 };

describe.each(['addon', 'koffi'] as const)('two copies of the package over %s', (kind) => {
  test('work side by side, end one by one, and leave nothing open', async () => {
    const first = await freshCopy(kind);
    const second = await freshCopy(kind);
    expect(second.Library).not.toBe(first.Library);
    expect(second.transport).not.toBe(first.transport);
    const asking = Array.from({ length: 50 }, (_, at) => [
      asked(first, `first ${at}`),
      asked(second, `second ${at}`),
    ]);
    const wanted = asking.flatMap((_, at) => [`first ${at}`, `second ${at}`]);
    expect(await Promise.all(asking.flat())).toEqual(wanted);

    await end(first);
    expect(() => first.library.createPool()).toThrow(first.WeirError);
    expect(await asked(second, 'goes on')).toBe('goes on');

    await end(second);
    expect(open(second.transport.processStats())).toEqual(NOTHING);
  });

  test('a copy that the registry forgot with all open does no harm to the next', async () => {
    const lost = await freshCopy(kind);
    const context = await lost.pool.create();
    context.on('tick', () => undefined);
    const answer = context.request('sleep_async', Buffer.from('20'));
    const next = await freshCopy(kind);
    expect(await asked(next, 'next')).toBe('next');
    expect(Buffer.from(await answer).toString()).toBe('20');
    for (const copy of [lost, next]) await end(copy);
    expect(open(next.transport.processStats())).toEqual(NOTHING);
  });
});

test('a Jest that leaves copies open ends by itself', () => {
  const jestProgram = fileURLToPath(
    new URL('../../../node_modules/jest/bin/jest.js', import.meta.url),
  );
  const scenario = ['--runInBand', '--testMatch', '**/src/testing/registry-scenario.ts'];
  const flags = ['--experimental-vm-modules', '--no-warnings', jestProgram, ...scenario];
  const { status, signal, stderr } = spawnSync(process.execPath, flags, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
    timeout: 50_000,
    env: { ...process.env, WEIR_ECHO_LIBRARY: echo.path },
  });
  expect({ status, signal, stderr }).toMatchObject({ status: 0, signal: null });
  expect(stderr).toContain('2 passed');
  expect(stderr).not.toContain('did not exit');
});

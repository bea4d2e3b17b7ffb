// A library in TypeScript in a Node host, over each transport: the engine's Node beside the host's.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Context,
  isDeclaredError,
  Library,
  type Notice,
  type Pool,
  type PoolOptions,
} from '@weir-ffi/sdk/host';
import { createTransport } from './create-transport.js';
import {
  type BuiltLibrary,
  buildGuestLibrary,
  type GuestTypes,
} from './testing/typescript-library.js';

let guest: BuiltLibrary;
beforeAll(() => {
  guest = buildGuestLibrary();
});
afterAll(() => guest.remove());

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );

describe.each(['addon', 'koffi'] as const)('a library in TypeScript over %s', (kind) => {
  let library: Library<GuestTypes>;
  let pool: Pool<GuestTypes>;
  let context: Context<GuestTypes>;

  const open = async (options: PoolOptions = {}): Promise<void> => {
    pool = library.createPool({ maxSlots: 1, ...options });
    context = await pool.create({ greeting: 'Hello' });
  };

  beforeAll(async () => {
    library = await Library.open<GuestTypes>(guest.path, { transport: createTransport(kind) });
  });
  afterEach(() => pool.close());
  afterAll(() => library.close());

  test('values follow its contract, both ways', async () => {
    await open();
    expect(library).toMatchObject({ name: 'guest', engine: 'node' });
    expect(await context.request('greet', { name: 'Emma' })).toBe('Hello, Emma');
    const wrong = await failure(context.request('greet', { name: 7 } as never));
    expect(wrong).toMatchObject({ code: 'INVALID_ARGUMENT', library: { path: '/name' } });
  });

  test('errors that it declares have its code and details', async () => {
    await open();
    const error = await failure(context.request('refuse', 3));
    expect(isDeclaredError<GuestTypes, 'REFUSED'>(error, 'REFUSED')).toBe(true);
    expect(error).toMatchObject({
      code: 'HANDLER',
      reason: 'not now',
      library: { details: { left: 3 } },
    });
  });

  test('an iterator that is not read holds its emit up, and loses nothing', async () => {
    await open({ maxEvents: 4 });
    const stream = context.events('counted', { buffer: 2 });
    let counted = false;
    const counting = context.request('count', 50).then((count) => {
      counted = true;
      return count;
    });
    const seen: number[] = [];
    for await (const { at } of stream) {
      if (seen.length < 40) expect(counted).toBe(false);
      if (seen.push(at) === 50) break;
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, at) => at));
    expect(await counting).toBe(50);
    expect(pool.stats().eventsDropped).toBe(0);
  });

  test('with an environment for each owner nothing of the last one is left', async () => {
    await open({ isolation: 'environment' });
    expect([await context.request('visit'), await context.request('visit')]).toEqual([1, 2]);
    await context.destroy();
    const next = await pool.create({ greeting: 'Hi' });
    expect(await next.request('visit')).toBe(1);
  });

  test('a handler that never ends is interrupted, and the context goes on', async () => {
    const kinds: string[] = [];
    await open({
      slowAfter: 100,
      wedgedAfter: 200,
      checkEvery: 20,
      interruptWedged: true,
      onNotice: ({ kind: notice }: Notice) => kinds.push(notice),
    });
    expect(await failure(context.request('spin'))).toMatchObject({ code: 'INTERRUPTED' });
    expect(await context.request('greet', { name: 'again' })).toBe('Hello, again');
    expect(kinds[0]).toBe('unresponsive');
  });

  test('an instance that leaves fails what follows; the next one is fresh', async () => {
    const notices: Notice[] = [];
    await open({ onNotice: (notice) => notices.push(notice) });
    expect(await failure(context.request('leave'))).toMatchObject({ code: 'INSTANCE_ENDED' });
    const after = await failure(context.request('greet', { name: 'nobody' }));
    expect(after).toMatchObject({ code: 'INSTANCE_ENDED' });
    await context.destroy();
    const next = await pool.create({ greeting: 'Welcome' });
    expect(await next.request('greet', { name: 'back' })).toBe('Welcome, back');
    expect(notices.map(({ kind: notice }) => notice)).toContain('instance-ended');
  });

  test('destroy cancels what waits, by the signal of its handler', async () => {
    await open({ drainTime: 0 });
    const waiting = failure(context.request('wait'));
    await context.request('greet', { name: 'now' });
    expect(await context.destroy()).toMatchObject({ canceled: 1, abandoned: 0, closed: 0 });
    expect(await waiting).toMatchObject({ code: 'CANCELED' });
  });
});

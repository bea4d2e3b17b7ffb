// The host API over each transport, with the native echo library.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type BytesTypes,
  type Context,
  Library,
  type Pool,
  type PoolOptions,
  WeirError,
} from '@weir-ffi/sdk/host';
import { createTransport } from './create-transport.js';
import { compileEchoLibrary, type EchoLibrary } from './testing/echo-library.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (payload: unknown): string => new TextDecoder().decode(payload as Uint8Array);

async function failure(promise: Promise<unknown>): Promise<WeirError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WeirError);
  return error as WeirError;
}

let echo: EchoLibrary;
beforeAll(() => {
  echo = compileEchoLibrary();
});
afterAll(() => echo.remove());

describe.each(['addon', 'koffi'] as const)('the host API over %s', (kind) => {
  let library: Library<BytesTypes>;
  let pool: Pool<BytesTypes>;
  let context: Context<BytesTypes>;

  const open = async (options: PoolOptions = {}): Promise<void> => {
    pool = library.createPool(options);
    context = await pool.create(bytes('a config'), { tag: 'of a test' });
  };

  beforeAll(async () => {
    library = await Library.open<BytesTypes>(echo.path, { transport: createTransport(kind) });
  });
  afterEach(() => pool.close());
  afterAll(() => library.close());

  test('a library says what it is', async () => {
    await open();
    expect(library).toMatchObject({ name: 'echo', version: '1.0.0', engine: 'native' });
    expect(library.methodCount).toBeGreaterThan(10);
    expect(library.transport).toBe(kind);
    expect(library.contract).toBeUndefined();
  });

  test('a request gives what the method gives, and a context has its config', async () => {
    await open();
    expect(text(await context.request('echo', bytes('hello')))).toBe('hello');
    expect(text(await context.request('config'))).toBe('a config');
  });

  test.each([0, 1, 7, 8, 4096, 4097, 65_536, 1_048_576])(
    'a payload of %i bytes comes back as it was, whatever becomes of what was sent',
    async (length) => {
      await open();
      const sent = Uint8Array.from({ length }, (_, index) => (index * 31) & 0xff);
      const expected = sent.slice();
      const answer = context.request('echo', sent);
      sent.fill(0);
      expect(Buffer.compare(await answer, expected)).toBe(0);
    },
  );

  test('answers of one turn go to who asked, also more than a buffer holds', async () => {
    await open();
    const asked = Array.from({ length: 2000 }, (_, at) => `${at}`.padEnd(300, '.'));
    const answers = await Promise.all(asked.map((one) => context.request('echo', bytes(one))));
    expect(answers.map(text)).toEqual(asked);
  });

  test('requests beyond the limit are refused at once and may be tried again', async () => {
    await open({ maxRequests: 4 });
    const held = Array.from({ length: 4 }, () => context.request('never', undefined));
    const error = await failure(context.request('echo', bytes('x')));
    expect(error).toMatchObject({ code: 'QUEUE_FULL', retryable: true });
    void context.destroy();
    for (const one of held) expect((await failure(one)).code).toMatch(/CANCELED|CLOSED/);
  });

  test('what the library says of a failure is in the error', async () => {
    await open();
    const error = await failure(context.request('fail', bytes('out of luck')));
    expect(error).toMatchObject({ code: 'HANDLER', reason: 'out of luck', retryable: false });
    expect(error.operation).toBe('request fail');
  });

  test('a method that is not there is refused by name', async () => {
    await open();
    const error = await failure(context.request('no such', undefined));
    expect(error.code).toBe('UNKNOWN_METHOD');
    expect(error.message).toContain('no such');
  });

  test('a deadline reaches the handler and ends the request', async () => {
    await open();
    const left = Number(text(await context.request('remaining', undefined, { timeout: 60_000 })));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_000);
    const late = failure(context.request('never', undefined, { timeout: 1 }));
    expect(await late).toMatchObject({ code: 'TIMED_OUT' });
  });

  test('an abort cancels the request, with its reason as the cause', async () => {
    await open();
    const controller = new AbortController();
    const asked = failure(context.request('never', undefined, { signal: controller.signal }));
    const reason = new Error('changed my mind');
    controller.abort(reason);
    expect(await asked).toMatchObject({ code: 'CANCELED', cause: reason });
    const again = context.request('echo', bytes('x'), { signal: controller.signal });
    expect(await failure(again)).toMatchObject({ code: 'CANCELED', cause: reason });
    expect(pool.stats().responsesCanceled).toBe(1);
  });

  test('listeners get events in order, and none once they are closed', async () => {
    await open();
    const seen: string[] = [];
    const subscription = context.on('tick', (payload) => seen.push(text(payload)));
    await context.request('emit', bytes('3'));
    subscription.close();
    await context.request('emit', bytes('3'));
    expect(seen).toEqual(['0', '1', '2']);
    const named: string[] = [];
    context.onAny(({ name }) => named.push(name));
    await context.request('emit_named', bytes('other'));
    await context.request('emit', bytes('1'));
    expect(named).toEqual(['other', 'tick']);
  });

  test('an iterator that is not read holds the library up, and loses nothing', async () => {
    await open({ maxEvents: 4 });
    const stream = context.events('tick', { buffer: 2 });
    const emitted = context.request('emit', bytes('20'));
    let done = false;
    void emitted.then(() => {
      done = true;
    });
    // Two in the buffer and four in the core: the seventh has to wait, for a second at most.
    const seen: string[] = [];
    for await (const payload of stream) {
      if (seen.length < 10) expect(done).toBe(false);
      if (seen.push(text(payload)) === 20) break;
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`));
    expect(text(await emitted)).toBe('20');
    expect(pool.stats().eventsDropped).toBe(0);
  });

  test('destroy reports, once; the context is dead at once and iterations end', async () => {
    await open({ drainTime: 0 });
    const stream = context.events('tick');
    const next = stream.next();
    const pending = failure(context.request('never', undefined));
    const reports = [context.destroy(), context.destroy()];
    expect(await failure(context.request('echo', bytes('x')))).toMatchObject({
      code: 'STALE_HANDLE',
    });
    expect(await next).toEqual({ done: true, value: undefined });
    expect((await pending).code).toMatch(/CANCELED|CLOSED/);
    const [one, two] = await Promise.all(reports);
    expect(one).toBe(two);
    expect((one?.canceled ?? 0) + (one?.closed ?? 0)).toBe(1);
  });

  test('creates wait in line, give up in time, and say how full the pool is', async () => {
    await open({ maxSlots: 1 });
    const now = await failure(pool.create(undefined, { timeout: 0 }));
    expect(now).toMatchObject({ code: 'POOL_EXHAUSTED', retryable: true });
    expect(now.slots).toMatchObject({ total: 1, active: 1 });
    const late = await failure(pool.create(undefined, { timeout: 5 }));
    expect(late).toMatchObject({ code: 'TIMED_OUT', slots: { total: 1, active: 1 } });
    const controller = new AbortController();
    const aborted = failure(pool.create(undefined, { signal: controller.signal }));
    const waiting = pool.create(bytes('next'), { timeout: 60_000 });
    controller.abort();
    expect(await aborted).toMatchObject({ code: 'CANCELED' });
    await context.destroy();
    const second = await waiting;
    expect(text(await second.request('config'))).toBe('next');
  });

  test('a create that fails in the library fails its requests with the reason', async () => {
    await open();
    const broken = await pool.create(bytes('fail by order'));
    const error = await failure(broken.request('echo', bytes('x')));
    expect(error).toMatchObject({ code: 'CREATE_FAILED', reason: 'by order' });
  });

  test('options that cannot be are refused by name', async () => {
    await open();
    expect(() => library.createPool({ maxSlots: -1 })).toThrow(/maxSlots/);
    expect(() => library.createPool({ maxSlots: 100_000 })).toThrow(/max_slots/);
    expect(() => library.createPool({ maxSlot: 1 } as PoolOptions)).toThrow(/maxSlot/);
    expect((await failure(Library.open('/no/such/file', { transport: kind }))).code).toBe(
      'LIBRARY_NOT_FOUND',
    );
  });

  test('a pool of a library that was closed goes on, with methods that are new to it', async () => {
    const other = await Library.open<BytesTypes>(echo.path, { transport: kind });
    pool = other.createPool();
    other.close();
    context = await pool.create();
    expect(text(await context.request('echo', bytes('on')))).toBe('on');
    expect(() => other.createPool()).toThrow(/STALE_HANDLE/);
  });

  test('a closed pool has destroyed its contexts, and creates none', async () => {
    await open();
    const report = await pool.close();
    expect(report.contextsDestroyed).toBe(1);
    expect(await context.destroy()).toMatchObject({ abandoned: 0 });
    expect((await failure(pool.create())).code).toMatch(/STALE_HANDLE|CLOSED/);
  });
});

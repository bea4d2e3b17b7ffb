import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { bytes, defineLibrary, failure, int64, uint8 } from '../index.js';
import { RequestError, testLibrary } from './index.js';

const ended: string[] = [];

const library = defineLibrary(
  {
    name: 'sample',
    version: '1.0.0',
    config: z.object({ name: z.string(), broken: z.boolean().default(false) }),
    methods: {
      greet: { input: z.object({ whom: z.string().min(1) }), output: z.string() },
      wait: { output: z.string() },
      stubborn: {},
      order: { input: uint8(), output: z.array(uint8()) },
      wide: { input: int64(), output: z.object({ n: int64() }) },
      raw: { input: bytes({ max: 4 }), output: bytes() },
      count: { input: uint8() },
      fail: { input: z.string() },
      lie: { output: z.object({ ok: z.literal(true) }) },
      later: { input: z.string().refine(async (text) => text !== 'no'), output: z.string() },
    },
    events: { tick: z.object({ n: uint8() }), raw: bytes() },
    errors: { REFUSED: z.object({ why: z.string(), n: int64().optional() }) },
  },
  {
    async create({ name, broken }) {
      if (broken) throw new Error('cannot begin');
      return { name, order: [] as number[] };
    },
    methods: {
      greet: ({ whom }, { state }) => `${state.name} greets ${whom}`,
      wait: (_input, { signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          setTimeout(() => resolve('waited'), 30);
        }),
      stubborn: () => new Promise(() => undefined),
      async order(n, { state }) {
        state.order.push(n);
        await new Promise((resolve) => setTimeout(resolve, 10 - n));
        return state.order;
      },
      wide: (n) => ({ n: n + 1n }),
      raw: (data) => data.map((byte) => byte + 1),
      async count(n, call) {
        for (let at = 0; at < n; at++) await call.emit('tick', { n: at });
        await call.emit('raw', Uint8Array.of(n));
      },
      fail(how, call) {
        if (how === 'declared') {
          throw call.failure('REFUSED', { why: 'no', n: 2n ** 60n }, 'it was refused');
        }
        if (how === 'untyped') throw failure('REFUSED', { why: 1 }, 'details of another type');
        if (how === 'undeclared') throw failure('OTHER', {}, 'a code that nobody declared');
        throw how === 'null' ? null : new TypeError(how);
      },
      lie: () => ({ ok: false }) as unknown as { ok: true },
      later: (text) => text,
    },
    destroy: (state) => {
      ended.push(state.name);
    },
  },
);

const create = (name = 'Ada') => testLibrary(library, { config: { name } });
const errorOf = (promise: Promise<unknown>): Promise<RequestError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error) => error,
  );

test('requests are answered with what hosts would see', async () => {
  const context = await create();
  expect(await context.request('greet', { whom: 'Bob' })).toBe('Ada greets Bob');
  expect(await context.request('wide', 1n)).toEqual({ n: 2n });
  expect(await context.request('raw', Uint8Array.of(1, 2))).toEqual(Uint8Array.of(2, 3));
  expect(await context.request('later', 'yes')).toBe('yes');
  await context.destroy();
  expect(ended).toContain('Ada');
});

test('an input that does not match names its path', async () => {
  const context = await create();
  const error = await errorOf(context.request('greet', { whom: '' }));
  expect(error).toBeInstanceOf(RequestError);
  expect(error).toMatchObject({ status: 'INVALID_ARGUMENT', path: '/whom' });
  expect(error.message).toContain('/whom: ');
  const many = await errorOf(context.request('raw', new Uint8Array(5)));
  expect(many.message).toBe('input: expected at most 4 bytes');
  const none = await errorOf(context.request('wait', { a: 1 } as never));
  expect(none.message).toContain('none is taken');
  const no = await errorOf(context.request('later', 'no'));
  expect(no.status).toBe('INVALID_ARGUMENT');
  await context.destroy();
});

test('what a library throws becomes a failure', async () => {
  const context = await create();
  expect(await errorOf(context.request('fail', 'declared'))).toMatchObject({
    status: 'HANDLER',
    message: 'it was refused',
    code: 'REFUSED',
    details: { why: 'no', n: String(2n ** 60n) },
  });
  const untyped = await errorOf(context.request('fail', 'untyped'));
  expect(untyped).toMatchObject({ code: 'REFUSED', details: undefined });
  expect((await errorOf(context.request('fail', 'undeclared'))).code).toBeUndefined();
  expect((await errorOf(context.request('fail', 'boom'))).message).toBe('TypeError: boom');
  expect((await errorOf(context.request('fail', 'null'))).message).toBe('null was thrown');
  const lie = await errorOf(context.request('lie'));
  expect(lie).toMatchObject({ status: 'HANDLER', path: '/ok' });
  expect((await errorOf(context.request('nothing' as 'wait'))).status).toBe('UNKNOWN_METHOD');
  await context.destroy();
});

test('create can fail, and its config be refused', async () => {
  const broken = testLibrary(library, { config: { name: 'x', broken: true } });
  expect(await errorOf(broken)).toMatchObject({ status: 'CREATE_FAILED', message: 'cannot begin' });
  const wrong = await errorOf(testLibrary(library, { config: { name: 1 } as never }));
  expect(wrong).toMatchObject({ status: 'CREATE_FAILED', path: '/name' });
});

test('handlers begin in the order of their requests', async () => {
  const context = await create();
  const answers = await Promise.all([1, 2, 3, 4].map((n) => context.request('order', n)));
  expect(answers.at(-1)).toEqual([1, 2, 3, 4]);
  await context.destroy();
});

test('a cancel and a timeout are results at once', async () => {
  const context = await create();
  const controller = new AbortController();
  const canceled = context.request('stubborn', undefined, { signal: controller.signal });
  const late = context.request('wait', undefined, { timeout: 5 });
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect((await errorOf(canceled)).status).toBe('CANCELED');
  expect((await errorOf(late)).status).toBe('TIMED_OUT');
  const before = context.request('greet', { whom: 'x' }, { signal: AbortSignal.abort() });
  expect((await errorOf(before)).status).toBe('CANCELED');
  await expect(context.destroy({ drain: 1, cancel: 10 })).rejects.toThrow('stubborn');
});

test('destroy lets handlers finish, cancels the rest and takes no more', async () => {
  const context = await create();
  const finished = context.request('wait');
  await Promise.resolve();
  await context.destroy();
  expect(await finished).toBe('waited');
  expect((await errorOf(context.request('wait'))).status).toBe('CLOSED');

  const other = await create();
  const canceled = errorOf(other.request('wait'));
  await new Promise((resolve) => setImmediate(resolve));
  await other.destroy({ drain: 0 });
  expect((await canceled).status).toBe('CANCELED');
});

test('events come in order, and a slow host slows the library down', async () => {
  const context = await testLibrary(library, { config: { name: 'x' }, room: 2 });
  const heard: number[] = [];
  const stop = context.on('tick', ({ n }) => heard.push(n));
  const counting = context.request('count', 5);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(heard).toEqual([0, 1]);
  const seen: unknown[] = [];
  for await (const event of context.events) {
    if (event.name === 'raw') break;
    seen.push(event.payload);
  }
  await counting;
  expect(seen).toEqual([0, 1, 2, 3, 4].map((n) => ({ n })));
  stop();
  await context.destroy();
});

test('who emits into a destroyed instance is refused, and need not look', async () => {
  const context = await testLibrary(library, { config: { name: 'x' }, room: 1 });
  const counting = errorOf(context.request('count', 5));
  await new Promise((resolve) => setTimeout(resolve, 5));
  await context.destroy({ drain: 0 });
  expect((await counting).status).toBe('CANCELED');
});

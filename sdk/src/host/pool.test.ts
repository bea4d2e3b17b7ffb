import { expect, test } from '@jest/globals';
import { WeirError } from './error.js';
import type { Notice } from './notice.js';
import { bytes, leaseFake, openFake } from './testing/fake-transport.js';
import type { CloseReport } from './transport.js';

const TIMED_OUT = 12;
const CANCELED = 13;
const CREATE_FAILED = 15;
const CLOSED: CloseReport = {
  ...{ contextsDestroyed: 1, slotsRetired: 1, slotsAbandoned: 0, tookUs: 5 },
};

const exhausted = (): WeirError => new WeirError('POOL_EXHAUSTED', 'create', 'all in use');
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (reason: unknown) => reason,
  );

/** A pool whose slots are all in use. */
async function fullPool() {
  const { transport, library } = await openFake();
  const pool = library.createPool();
  const queue = (tag: string, options = {}) => {
    transport.failures.set('create', exhausted());
    const creating = pool.create(undefined, { tag, ...options });
    return { creating, owner: transport.owner };
  };
  transport.asked.length = 0;
  return { transport, pool, queue };
}

test('a create takes a slot that is free, without waiting', async () => {
  const { transport, library } = await openFake();
  const context = await library.createPool().create(bytes(' with config'), { tag: 'mine' });
  expect(transport.asked).toEqual(['pool', 'create mine with config']);
  expect(context.tag).toBe('mine');
  expect(transport.alive).toBe(false);
});

test('a create waits where all is in use, and later ones do not overtake it', async () => {
  const { transport, pool, queue } = await fullPool();
  const first = queue('first');
  expect(transport.alive).toBe(true);
  transport.failures.clear();
  const second = pool.create(undefined, { tag: 'second' });
  expect(transport.asked).toEqual(['create first', 'queue first 5000', 'queue second 5000']);
  transport.deliver('created', { owner: first.owner, context: 201 });
  const context = await first.creating;
  void context.request('echo').catch(() => undefined);
  expect(transport.asked.at(-1)).toBe('submit 0 to 201: 4() 0');
  transport.answer(0);
  transport.deliver('created', { owner: transport.owners.size, context: 0, status: CREATE_FAILED });
  void second.catch(() => undefined);
});

test('a create that may not wait says POOL_EXHAUSTED, also behind others', async () => {
  const { transport, queue } = await fullPool();
  queue('waiting');
  const refused = await failure(queue('now', { timeout: 0 }).creating);
  expect(refused).toMatchObject({ code: 'POOL_EXHAUSTED', retryable: true });
  expect(transport.asked).toEqual(['create waiting', 'queue waiting 5000', 'create now']);
});

test('a create that waited in vain says for how long, and what the slots did', async () => {
  const { transport, queue } = await fullPool();
  const { creating, owner } = queue('late', { timeout: 30 });
  Object.assign(transport.stats, {
    slotsTotal: 4,
    slotsActive: 3,
    slotsQuarantined: 1,
    waiting: 2,
  });
  transport.deliver('created', { owner, status: TIMED_OUT });
  const slots = { total: 4, active: 3, quarantined: 1, waiting: 2, idle: undefined };
  const reason = 'no slot became free in 30 ms';
  expect(await failure(creating)).toMatchObject({ code: 'TIMED_OUT', reason, slots });
  expect(transport.alive).toBe(false);
});

test('an abort takes a waiting create back; one before it asks for nothing', async () => {
  const { transport, pool, queue } = await fullPool();
  const controller = new AbortController();
  const { signal } = controller;
  const { creating, owner } = queue('mine', { signal });
  controller.abort('enough');
  expect(transport.asked.at(-1)).toBe(`cancel ticket ${owner}`);
  transport.deliver('created', { owner, status: CANCELED });
  expect(await failure(creating)).toMatchObject({ code: 'CANCELED', cause: 'enough' });
  const asked = transport.asked.length;
  expect(await failure(pool.create(undefined, { signal }))).toMatchObject({ code: 'CANCELED' });
  expect(transport.asked).toHaveLength(asked);
});

test('an abort after the slot was given is not for the ticket any more', async () => {
  const { transport, queue } = await fullPool();
  const controller = new AbortController();
  const { creating, owner } = queue('mine', { signal: controller.signal });
  transport.deliver('created', { owner, context: 201 });
  await creating;
  controller.abort();
  expect(transport.asked.filter((line) => line.startsWith('cancel'))).toEqual([]);
});

test('what the library says to a create that fails is in the error', async () => {
  const { transport, queue } = await fullPool();
  const { creating, owner } = queue('mine');
  const payload = bytes('no such file\0{"code":"NO_FILE","details":{"path":"/x"}}');
  transport.deliver('created', { owner, status: CREATE_FAILED, payload });
  expect(await failure(creating)).toMatchObject({
    code: 'CREATE_FAILED',
    reason: 'no such file',
    library: { code: 'NO_FILE', details: { path: '/x' } },
  });
});

test.each([-1, 0.5, 2 ** 32 - 1])('prewarm of %p is refused', async (count) => {
  const { pool, transport } = await leaseFake();
  expect(() => pool.prewarm(count)).toThrow(/prewarm: INVALID_ARGUMENT/);
  expect(transport.asked).toEqual([]);
});

test('close gives one report, and the library goes with its last pool', async () => {
  const { transport, library, pool } = await leaseFake();
  library.close();
  expect(transport.asked).toEqual([]);
  const closing = pool.close();
  expect(pool.close()).toBe(closing);
  expect(transport.alive).toBe(true);
  transport.closed({ status: 0, report: CLOSED });
  expect(await closing).toEqual(CLOSED);
  await pool[Symbol.asyncDispose]();
  expect(transport.asked).toEqual(['close 2', 'close library 1']);
  expect(transport.alive).toBe(false);
  expect(() => library.createPool()).toThrow(/STALE_HANDLE: the library is closed/);
});

test('a close that had to give slots up tells it, and their contexts end with CLOSED', async () => {
  const { transport, pool, context, owner } = await leaseFake();
  const destroying = failure(context.destroy());
  const closing = failure(pool.close());
  transport.closed({ status: TIMED_OUT, report: { ...CLOSED, slotsAbandoned: 1 } });
  const reason = '1 slots are abandoned: their handlers still run';
  expect(await closing).toMatchObject({ code: 'TIMED_OUT', operation: 'close pool', reason });
  expect(await destroying).toMatchObject({ code: 'CLOSED', operation: 'destroy' });
  transport.destroyed(owner);
  expect(transport.alive).toBe(false);
});

test('a close takes what the core delivered before it gave up', async () => {
  const { transport, pool, context, owner } = await leaseFake();
  const destroying = context.destroy();
  const closing = failure(pool.close());
  transport.closed({ status: TIMED_OUT, report: { ...CLOSED, slotsAbandoned: 1 } });
  setImmediate(() => undefined);
  queueMicrotask(() => transport.destroyed(owner, { abandoned: 1 }));
  expect(await destroying).toMatchObject({ abandoned: 1 });
  expect(await closing).toMatchObject({ code: 'TIMED_OUT' });
});

test('nothing is noticed of a context that ended, or never began', async () => {
  const { transport, library } = await openFake();
  const notices: Notice[] = [];
  const onNotice = (notice: Notice) => notices.push(notice);
  const pool = library.createPool({ onNotice });
  const context = await pool.create();
  const ended = transport.owner;
  const destroying = context.destroy();
  transport.destroyed(ended);
  await destroying;
  transport.failures.set('create', exhausted());
  await failure(pool.create(undefined, { timeout: 0 }));
  for (const owner of [ended, transport.owner]) transport.deliver('unresponsive', { owner });
  expect(transport.owner).not.toBe(ended);
  expect(notices).toEqual([]);
});

test('notices of the core have the tag of their context', async () => {
  const { transport, library } = await openFake();
  const notices: Notice[] = [];
  const pool = library.createPool({ onNotice: (notice) => notices.push(notice) });
  await pool.create(undefined, { tag: 'mine' });
  const { owner } = transport;
  transport.deliver('unresponsive', { owner, id: 70 });
  transport.deliver('eventsDropped', { owner, id: 3 });
  transport.deliver('instanceEnded', { owner, payload: bytes('exit 3') });
  const none = { tag: 'mine', took: 0, count: 0, message: '' };
  expect(notices).toEqual([
    { ...none, kind: 'unresponsive', took: 70 },
    { ...none, kind: 'events-dropped', count: 3 },
    { ...none, kind: 'instance-ended', message: 'exit 3' },
  ]);
});

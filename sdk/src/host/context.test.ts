// Context and Lease: the way of a context from its create to its end.

import { expect, test } from '@jest/globals';
import { WeirError } from './error.js';
import {
  bytes,
  type FakeTransport,
  leaseFake,
  microtasks,
  text,
} from './testing/fake-transport.js';

const STALE_HANDLE = 2;
const TIMED_OUT = 12;
const CLOSED = 14;

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no failure',
    (reason: unknown) => reason,
  );

/** Requests and their like, without the look-ups of methods. */
const sent = ({ asked }: FakeTransport): string[] =>
  asked.filter((line) => !line.startsWith('method'));

test('requests are submitted in the order of the calls, and flushed together', async () => {
  const { transport, context } = await leaseFake();
  const answers = ['one', 'two'].map((word) => context.request('echo', bytes(word)));
  const timed = context.request('sleep', undefined, { timeout: 0.2 });
  expect(sent(transport)).toEqual([
    'submit 0 to 101: 4(one) 0',
    'submit 1 to 101: 4(two) 0',
    'submit 2 to 101: 5() 1',
  ]);
  expect(transport.alive).toBe(true);
  await Promise.resolve();
  expect(transport.asked.at(-1)).toBe('flush 3');
  transport.answer(2, 'too late', TIMED_OUT);
  transport.answer(1, 'second');
  transport.answer(0, 'first');
  expect((await Promise.all(answers)).map(text)).toEqual(['first', 'second']);
  expect(await failure(timed)).toMatchObject({ code: 'TIMED_OUT', reason: 'too late' });
  expect(transport.alive).toBe(false);
});

test('a method is looked up once, and one that is not there is UNKNOWN_METHOD', async () => {
  const { transport, context } = await leaseFake();
  void context.request('echo');
  void context.request('echo');
  transport.failures.set('method', new WeirError('UNKNOWN_METHOD', 'request x', 'no x'));
  expect(await failure(context.request('x'))).toMatchObject({ code: 'UNKNOWN_METHOD' });
  expect(transport.asked.filter((line) => line.startsWith('m'))).toEqual([
    'method echo',
    'method x',
  ]);
});

test('a request whose signal is aborted before it is not sent', async () => {
  const { transport, context } = await leaseFake();
  const signal = AbortSignal.abort('enough');
  const refused = await failure(context.request('echo', undefined, { signal }));
  expect(refused).toMatchObject({ code: 'CANCELED', operation: 'request echo', cause: 'enough' });
  expect(sent(transport)).toEqual([]);
  expect(transport.alive).toBe(false);
});

test('an abort after the send cancels, and a timeout of the signal is TIMED_OUT', async () => {
  const { transport, context } = await leaseFake();
  const controller = new AbortController();
  const asked = failure(context.request('echo', undefined, { signal: controller.signal }));
  controller.abort(new DOMException('2 s are over', 'TimeoutError'));
  expect(sent(transport).at(-1)).toBe('cancel 0 of 101');
  transport.answer(0, '', 13);
  expect(await asked).toMatchObject({ code: 'TIMED_OUT', reason: '2 s are over' });
});

test.each([-1, Number.NaN, '5' as unknown as number])(
  'a timeout of %p is refused',
  async (timeout) => {
    const { transport, context } = await leaseFake();
    const refused = await failure(context.request('echo', undefined, { timeout }));
    expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT', operation: 'request echo' });
    expect(sent(transport)).toEqual([]);
  },
);

test('destroy hands over what was sent before, and gives the report of the core', async () => {
  const { transport, context, owner } = await leaseFake();
  const asked = failure(context.request('echo'));
  const destroying = context.destroy();
  expect(sent(transport)).toEqual(['submit 0 to 101: 4() 0', 'flush 1', 'destroy 101']);
  transport.answer(0, '', CLOSED);
  expect(transport.alive).toBe(true);
  transport.destroyed(owner, { closed: 1 });
  expect(await destroying).toMatchObject({ closed: 1, abandoned: 0 });
  expect(await asked).toMatchObject({ code: 'CLOSED' });
  expect(transport.alive).toBe(false);
});

test('any number of destroys are one, also after it and by await using', async () => {
  const { transport, context, owner } = await leaseFake();
  const [first, second] = [context.destroy(), context.destroy()];
  transport.destroyed(owner);
  expect(await first).toBe(await second);
  expect(await context.destroy()).toBe(await first);
  await context[Symbol.asyncDispose]();
  expect(transport.asked).toEqual(['flush 0', 'destroy 101']);
});

test('records that come after the end change nothing, and late events are given back', async () => {
  const { transport, context, owner } = await leaseFake();
  const seen: unknown[] = [];
  context.on('tick', (payload) => seen.push(payload));
  const destroying = context.destroy();
  transport.event(transport.listener, 'after destroy', 9);
  transport.destroyed(owner, { drained: 1 });
  transport.destroyed(owner, { drained: 2 });
  transport.event(transport.listener, 'after the end', 10);
  expect(await destroying).toMatchObject({ drained: 1 });
  await microtasks();
  expect(seen).toEqual([]);
  expect(transport.asked.at(-1)).toBe('release 9,10');
  expect(transport.alive).toBe(false);
});

test('a context that its pool destroys first ends by the same record', async () => {
  const { transport, context, owner } = await leaseFake();
  transport.failures.set('destroy', new WeirError('STALE_HANDLE', 'destroy', ''));
  const destroying = context.destroy();
  expect(transport.alive).toBe(true);
  transport.destroyed(owner, { canceled: 3 });
  expect(await destroying).toMatchObject({ canceled: 3 });
  const late = await leaseFake();
  late.transport.destroyed(late.owner, { canceled: 4 });
  expect(await late.context.destroy()).toMatchObject({ canceled: 4 });
  expect(late.transport.asked).toEqual([]);
});

test('a destroy that the core refuses, or reports as failed, rejects with its code', async () => {
  const refused = await leaseFake();
  refused.transport.failures.set('destroy', new WeirError('FORKED', 'destroy', 'a child'));
  expect(await failure(refused.context.destroy())).toMatchObject({ code: 'FORKED' });
  expect(refused.transport.alive).toBe(false);
  const failed = await leaseFake();
  const destroying = failure(failed.context.destroy());
  failed.transport.deliver('destroyed', { owner: failed.owner, status: STALE_HANDLE });
  expect(await destroying).toMatchObject({ code: 'STALE_HANDLE', operation: 'destroy' });
});

test('a listener is called in order; a promise of it holds its event', async () => {
  const { transport, context } = await leaseFake();
  const [seen, releases]: [string[], (() => void)[]] = [[], []];
  context.on('tick', (payload) => {
    seen.push(text(payload));
    return new Promise<void>((resolve) => releases.push(resolve));
  });
  for (const hold of [1, 2]) transport.event(transport.listener, `event ${hold}`, hold);
  await microtasks();
  expect(seen).toEqual(['event 1', 'event 2']);
  expect(transport.asked).toEqual(['listen 101 tick']);
  releases[1]?.();
  await microtasks();
  releases[0]?.();
  await microtasks();
  expect(transport.asked.slice(1)).toEqual(['release 2', 'release 1']);
});

test('a subscription that is closed is not called again, and its events go back', async () => {
  const { transport, context } = await leaseFake();
  const seen: string[] = [];
  const subscription = context.onAny(({ name }) => seen.push(name));
  transport.event(transport.listener, '', 1, 'first');
  subscription.close();
  subscription[Symbol.dispose]();
  transport.event(transport.listener, '', 2, 'second');
  await microtasks();
  expect(seen).toEqual(['first']);
  const id = transport.listener;
  expect(transport.asked).toEqual(['listen 101 *', `unlisten 101 ${id}`, 'release 1,2']);
});

test('a listener that the core refuses leaves nothing behind', async () => {
  const { transport, context, owner } = await leaseFake();
  transport.failures.set('listen', new WeirError('QUEUE_FULL', 'listen', 'too many'));
  const seen: unknown[] = [];
  expect(() => context.on('tick', (event) => seen.push(event))).toThrow(/QUEUE_FULL/);
  transport.event(owner + 1, 'for the number that it had', 5);
  expect(seen).toEqual([]);
  const destroying = context.destroy();
  transport.destroyed(owner);
  await destroying;
  expect(transport.asked.filter((line) => line.startsWith('unlisten'))).toEqual([]);
});

test('an iterator takes what its buffer holds, and ends with the context', async () => {
  const { transport, context, owner } = await leaseFake();
  const stream = context.events('tick', { buffer: 1 });
  for (const hold of [1, 2, 3]) transport.event(transport.listener, `${hold}`, hold);
  await microtasks();
  expect(transport.asked.slice(1)).toEqual(['release 1']);
  expect(text((await stream.next()).value)).toBe('1');
  await microtasks();
  expect(transport.asked.at(-1)).toBe('release 2');
  const destroying = context.destroy();
  transport.destroyed(owner);
  await destroying;
  const left: string[] = [];
  for await (const payload of stream) left.push(text(payload));
  expect(left).toEqual(['2', '3']);
  expect(transport.asked.filter((line) => line.startsWith('unlisten'))).toEqual([]);
});

test('an iterator that is left stops listening and gives all back', async () => {
  const { transport, context } = await leaseFake();
  const stream = context.events('tick', { buffer: 0 });
  for (const hold of [1, 2, 3]) transport.event(transport.listener, `${hold}`, hold);
  for await (const payload of stream) {
    expect(text(payload)).toBe('1');
    break;
  }
  await microtasks();
  const released = transport.asked.filter((line) => line.startsWith('release'));
  expect(released.join().match(/\d/g)?.sort()).toEqual(['1', '2', '3']);
  expect(transport.asked).toContain(`unlisten 101 ${transport.listener}`);
});

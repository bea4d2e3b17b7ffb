import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { EventStream, type EventsOptions } from './event-stream.js';
import type { Session } from './session.js';

/** A stream, and what of it keeps the process alive. */
function streamOf(options: EventsOptions) {
  const session = { alive: 0, begin: () => session.alive++, end: () => session.alive-- };
  const stream = new EventStream<number>(session as unknown as Session, options);
  const given: number[] = [];
  /** Whether the event was given back to the core at once; later it is in `given`. */
  const push = (event: number): boolean => {
    const later = stream.push(event);
    void later?.then(() => given.push(event));
    return later === undefined;
  };
  return { session, stream, given, push };
}

test('events beyond the buffer belong to the core until they move up', async () => {
  const { stream, given, push } = streamOf({ buffer: 2 });
  expect([1, 2, 3, 4].map(push)).toEqual([true, true, false, false]);
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  expect(given).toEqual([3]);
  await stream.next();
  expect(given).toEqual([3, 4]);
});

test('without a buffer an event is given back when it is read', async () => {
  const { stream, given, push } = streamOf({ buffer: 0 });
  expect(push(1)).toBe(false);
  await stream.next();
  expect(given).toEqual([1]);
});

test('a reader that waits keeps the process alive until its event', async () => {
  const { session, stream, push } = streamOf({});
  const next = stream.next();
  expect(session.alive).toBe(1);
  expect(push(1)).toBe(true);
  expect(session.alive).toBe(0);
  expect(await next).toEqual({ done: false, value: 1 });
});

test('when the context ends what is unread is read, and then it is done', async () => {
  const { stream, given, push } = streamOf({ buffer: 1 });
  expect([1, 2].map(push)).toEqual([true, false]);
  stream.finish();
  expect(await stream.next()).toEqual({ done: false, value: 1 });
  expect(await stream.next()).toEqual({ done: false, value: 2 });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(given).toEqual([2]);
});

test('an abort ends readers that wait, and the listening', async () => {
  const controller = new AbortController();
  const { session, stream, push } = streamOf({ signal: controller.signal });
  let stopped = 0;
  stream.attach(() => stopped++);
  const next = stream.next();
  controller.abort();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(push(1)).toBe(true);
  expect([stopped, session.alive]).toEqual([1, 0]);
});

test.each(['close', 'finish'] as const)('after %s its signal knows it no more', (end) => {
  const { signal } = new AbortController();
  const { stream } = streamOf({ signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  stream[end]();
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

test('a signal that is aborted before ends the iteration before it begins', async () => {
  const { stream, push } = streamOf({ signal: AbortSignal.abort() });
  let stopped = 0;
  stream.attach(() => stopped++);
  expect(push(1)).toBe(true);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(stopped).toBe(1);
});

test.each([-1, 0.5, Number.NaN])('a buffer of %p is refused', (buffer) => {
  expect(() => streamOf({ buffer })).toThrow(/INVALID_ARGUMENT/);
});

import { expect, jest, test } from '@jest/globals';
import { Library } from './library.js';
import { Session } from './session.js';
import { FakeTransport, leaseFake, microtasks } from './testing/fake-transport.js';
import type { TransportRecord } from './transport.js';

test('a transport is started once, whatever is opened over it', async () => {
  const transport = new FakeTransport();
  const session = Session.of(transport);
  await Library.open('/one', { transport });
  await Library.open('/two', { transport });
  expect(Session.of(transport)).toBe(session);
  expect(transport.asked).toEqual(['start', 'open /one', 'open /two']);
});

test('the process is kept alive from the first promise that waits to the last', () => {
  const transport = new FakeTransport();
  const session = Session.of(transport);
  const seen: boolean[] = [];
  for (const move of ['begin', 'begin', 'end', 'end', 'begin', 'end'] as const) {
    session[move]();
    seen.push(transport.alive);
  }
  expect(seen).toEqual([true, true, true, false, true, false]);
});

test('a record finds its party; an event of one that is gone is given back', async () => {
  const transport = new FakeTransport();
  const session = Session.of(transport);
  const seen: TransportRecord[] = [];
  const first = session.add({ record: (record) => seen.push(record) });
  const second = session.add({ record: () => seen.push() });
  session.remove(second);
  transport.event(first, 'here', 7);
  transport.event(second, 'gone', 8);
  transport.deliver('responsive', { owner: second });
  expect(seen.map(({ hold }) => hold)).toEqual([7]);
  await microtasks();
  expect(transport.asked.slice(1)).toEqual(['release 8']);
  expect(session.add({ record: () => undefined })).toBeGreaterThan(second);
});

test('events of one turn are given back by one call, and again in the next turn', async () => {
  const transport = new FakeTransport();
  const session = Session.of(transport);
  for (const hold of [3, 0, 1, 2]) session.release(hold);
  expect(transport.asked).toEqual(['start']);
  await microtasks();
  session.release(4);
  await microtasks();
  expect(transport.asked.slice(1)).toEqual(['release 3,1,2', 'release 4']);
});

test('what a listener throws is thrown later, and events go on', async () => {
  const { transport, context } = await leaseFake();
  const thrown = jest.spyOn(globalThis, 'queueMicrotask');
  const seen: string[] = [];
  context.on('tick', (payload) => {
    seen.push(new TextDecoder().decode(payload as Uint8Array));
    throw new Error('of a listener');
  });
  try {
    thrown.mockImplementation(() => undefined);
    transport.event(transport.listener, 'one', 1);
    transport.event(transport.listener, 'two', 2);
    expect(seen).toEqual(['one', 'two']);
    const tasks = thrown.mock.calls.map(([task]) => task);
    const errors = tasks.flatMap((task) => {
      try {
        task();
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    expect(errors).toEqual(['of a listener', 'of a listener']);
    expect(transport.asked.at(-1)).toBe('release 1,2');
  } finally {
    thrown.mockRestore();
  }
});

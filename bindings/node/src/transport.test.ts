// What every transport guarantees, over both.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RecordKind, type TransportPoolOptions, type WeirError } from '@weir-ffi/sdk/host';
import { createTransport } from './create-transport.js';
import { compileEchoLibrary, type EchoLibrary } from './testing/echo-library.js';
import { RecordingHost } from './testing/recording-host.js';

let library: EchoLibrary;
beforeAll(() => {
  library = compileEchoLibrary();
});
afterAll(() => library.remove());

const UNKNOWN_METHOD = 10;
const CANCELED = 13;

const filled = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 7 + length) % 251);

const text = (payload: Uint8Array | undefined): string => Buffer.from(payload ?? []).toString();

function thrownBy(call: () => unknown): WeirError {
  try {
    call();
  } catch (error) {
    return error as WeirError;
  }
  throw new Error('nothing was thrown');
}

describe.each(['addon', 'koffi'] as const)('over %s', (kind) => {
  async function withHost(
    use: (host: RecordingHost) => Promise<void>,
    options: TransportPoolOptions = {},
  ): Promise<void> {
    const host = new RecordingHost(createTransport(kind), library.path, options);
    try {
      await use(host);
    } finally {
      await host.close();
    }
  }

  test.each([0, 1, 64, 4 * 1024, 4 * 1024 + 1, 1024 * 1024])(
    'a payload of %i bytes comes back as it was',
    (length) =>
      withHost(async (host) => {
        const payload = filled(length);
        const { status, payload: echoed } = await host.ask(1, host.create(), 'echo', payload);
        expect(status).toBe(0);
        expect(Buffer.compare(echoed, payload)).toBe(0);
      }),
  );

  test('a payload that is part of a larger or a shared buffer is sent from its own bytes', () =>
    withHost(async (host) => {
      const context = host.create();
      const whole = filled(20_000);
      const shared = new Uint8Array(new SharedArrayBuffer(20_000));
      shared.set(whole);
      for (const [owner, from] of [whole, shared].entries()) {
        for (const [begin, end] of [
          [3, 70],
          [5, 9_005],
        ]) {
          const method = host.transport.findMethod(host.library, 'echo');
          host.transport.submit(owner, context, method, from.subarray(begin, end), 0);
          host.transport.flush();
          const seen = host.order.length;
          await host.until(() => host.order.length > seen);
          expect(text(host.results.get(owner)?.at(-1)?.payload)).toBe(
            text(whole.slice(begin, end)),
          );
        }
      }
    }));

  test('more requests than are collected at once come back once each, with their payloads', () =>
    withHost(async (host) => {
      const context = host.create();
      for (let owner = 0; owner < 3_000; owner++) {
        host.submit(owner, context, 'echo', `payload ${owner}`);
      }
      host.transport.flush();
      await host.until(() => host.order.length === 3_000);
      for (let owner = 0; owner < 3_000; owner++) {
        const results = host.results.get(owner) ?? [];
        expect(results.map(({ payload }) => text(payload))).toEqual([`payload ${owner}`]);
      }
    }));

  test('payloads that fill the collected bytes are sent before the flush, and none is lost', () =>
    withHost(async (host) => {
      const context = host.create();
      for (let owner = 0; owner < 200; owner++) {
        host.submit(owner, context, 'echo', filled(4_000 + (owner % 90)));
      }
      expect(host.transport.poolStats(host.pool).requestsAccepted).toBeGreaterThan(0);
      host.transport.flush();
      await host.until(() => host.order.length === 200);
      for (let owner = 0; owner < 200; owner++) {
        const payload = host.results.get(owner)?.[0]?.payload ?? new Uint8Array(0);
        expect(Buffer.compare(payload, filled(4_000 + (owner % 90)))).toBe(0);
      }
    }));

  test('more records than one batch takes are drained without another wake', () =>
    withHost(async (host) => {
      const context = host.create();
      for (let owner = 0; owner < 2_500; owner++) {
        host.submit(owner, context, 'echo');
      }
      host.transport.flush();
      // The event loop does not turn before all of them lie in the queue: one wake for all.
      while (host.transport.poolStats(host.pool).responsesOk < 2_500) {
        // The workers are at it.
      }
      expect(host.order.length).toBe(0);
      await host.until(() => host.order.length === 2_500);
      expect(host.order).toEqual([...host.order.keys()]);
      expect(await host.ask(9_999, context, 'echo')).toMatchObject({ status: 0 });
    }));

  test('records that fill the buffer more than once keep their order, as do longer ones', () =>
    withHost(async (host) => {
      const context = host.create();
      const lengths = [4_096, 4_097, 0, 700_000, 4_000];
      const lengthOf = (owner: number) => lengths[owner % (owner < 30 ? 5 : 1)] as number;
      for (let owner = 0; owner < 400; owner++) {
        host.submit(owner, context, 'echo', filled(lengthOf(owner)));
      }
      host.transport.flush();
      while (host.transport.poolStats(host.pool).responsesOk < 400) {
        // All of them lie in the queue before one is collected.
      }
      await host.until(() => host.order.length === 400);
      expect(host.order).toEqual([...host.order.keys()]);
      for (const owner of host.order) {
        const payload = host.results.get(owner)?.[0]?.payload ?? new Uint8Array(0);
        expect(Buffer.compare(payload, filled(lengthOf(owner)))).toBe(0);
      }
    }));

  test('requests of several contexts keep the order of each', () =>
    withHost(async (host) => {
      const contexts = [host.create(1), host.create(2), host.create(3)];
      for (let owner = 0; owner < 300; owner++) {
        host.submit(owner, contexts[owner % 3] as number, 'echo');
      }
      host.transport.flush();
      await host.until(() => host.order.length === 300);
      for (const rest of [0, 1, 2]) {
        const ofOne = host.order.filter((owner) => owner % 3 === rest);
        expect(ofOne).toEqual([...ofOne].sort((a, b) => a - b));
      }
    }));

  test('a refused request is told once, and its neighbours are sent', () =>
    withHost(async (host) => {
      const context = host.create();
      host.submit(0, context, 'echo', 'before');
      host.transport.submit(1, context, 999, Buffer.from('refused'), 0);
      host.submit(2, context, 'echo', 'after');
      host.transport.flush();
      await host.until(() => host.order.length === 3);
      expect(host.results.get(1)).toEqual([
        { status: UNKNOWN_METHOD, payload: new Uint8Array(0), refusal: expect.stringMatching(/./) },
      ]);
      expect(text(host.results.get(0)?.[0]?.payload)).toBe('before');
      expect(text(host.results.get(2)?.[0]?.payload)).toBe('after');
    }));

  test('a large request that is refused says why', () =>
    withHost(
      async (host) => {
        const { refusal } = await host.ask(1, host.create(), 'echo', filled(8_193));
        expect(refusal).toMatch(/8,?193/);
      },
      { maxPayload: 8_192 },
    ));

  test('a request is canceled before its flush as well as after it', () =>
    withHost(async (host) => {
      const context = host.create();
      for (const owner of [5_000, 7]) {
        host.submit(owner, context, 'never');
        if (owner === 7) {
          host.transport.flush();
        }
        host.transport.cancel(context, owner);
        await host.until(() => host.results.has(owner));
        expect(host.results.get(owner)).toMatchObject([{ status: CANCELED }]);
      }
    }));

  test('events say their name to listeners for all names only, and are held until released', () =>
    withHost(
      async (host) => {
        const context = host.create();
        const all = host.transport.listen(context, undefined, 11);
        host.transport.listen(context, 'tick', 12);
        expect(text((await host.ask(1, context, 'emit', '2')).payload)).toBe('2');
        await host.until(() => host.records.length === 4);
        const names = host.records.map(({ owner, name }) => [owner, name]);
        expect(names.filter(([owner]) => owner === 11)).toEqual([
          [11, 'tick'],
          [11, 'tick'],
        ]);
        expect(names.filter(([owner]) => owner === 12)).toEqual([
          [12, undefined],
          [12, undefined],
        ]);
        // All four are held: there is no room for another one.
        expect(text((await host.ask(1, context, 'emit', '1')).payload)).toBe('0');
        host.transport.release(host.records.map(({ hold }) => hold));
        host.transport.unlisten(context, all);
        expect(text((await host.ask(1, context, 'emit', '1')).payload)).toBe('1');
      },
      { maxEvents: 4 },
    ));

  test('a destroyed context tells its report, last', () =>
    withHost(async (host) => {
      const context = host.create(42);
      host.submit(1, context, 'never');
      host.transport.flush();
      host.transport.destroyContext(context);
      await host.until(() => host.records.some(({ kind }) => kind === RecordKind.destroyed));
      const [record] = host.records;
      expect(record).toMatchObject({ kind: RecordKind.destroyed, owner: 42, context, status: 0 });
      expect(Object.keys(record?.report ?? {})).toEqual([
        'drained',
        'canceled',
        'abandoned',
        'callbacksRunning',
        'closed',
        'tookUs',
      ]);
      expect(host.results.get(1)).toHaveLength(1);
      expect(thrownBy(() => host.transport.destroyContext(context)).code).toBe('STALE_HANDLE');
    }));

  test('what was submitted before a destroy or a close reaches the core before it', () =>
    withHost(async (host) => {
      const context = host.create();
      host.submit(1, context, 'echo');
      host.transport.destroyContext(context);
      host.submit(2, host.create(2), 'echo');
      await host.close();
      await host.until(() => host.order.length === 2);
      for (const owner of [1, 2]) {
        expect(host.results.get(owner)?.[0]?.refusal).toBeUndefined();
      }
    }));

  test('a context gets its config, waits in line, and can be taken back', () =>
    withHost(
      async (host) => {
        const config = Buffer.from('a config');
        const context = host.create(1, config);
        expect(text((await host.ask(1, context, 'config')).payload)).toBe('a config');
        const error = thrownBy(() => host.create(2));
        expect(error).toMatchObject({ code: 'POOL_EXHAUSTED', slots: { total: 1, active: 1 } });
        const [served, canceled] = [3, 4].map((owner) =>
          host.transport.createQueued(host.pool, owner, config, 'waits', 60_000),
        ) as [number, number];
        host.transport.cancelCreate(host.pool, canceled);
        host.transport.destroyContext(context);
        const created = () => host.records.filter(({ kind }) => kind === RecordKind.created);
        await host.until(() => created().length === 2);
        expect(created()).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ owner: 4, id: canceled, status: CANCELED, context: 0 }),
            expect.objectContaining({ owner: 3, id: served, status: 0 }),
          ]),
        );
      },
      { maxSlots: 1 },
    ));

  test.each([
    ['maxSlot', 1, /maxSlot: a pool has no such option/],
    ['queue', 1, /queue: a pool has no such option/],
    ['maxSlots', 2 ** 32, /maxSlots: 4294967296/],
    ['maxSlots', 1.5, /maxSlots: 1.5/],
    ['drainMs', -1, /drainMs: -1/],
    ['maxSlots', 100_000, /max_slots/],
  ])('the option %s: %d is refused with its name', (name, value, reason) =>
    withHost(async ({ transport, library: handle }) => {
      const error = thrownBy(() => transport.createPool(handle, { [name]: value }));
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toMatch(reason);
    }),
  );

  test('what fails throws the status of the core, and names what was asked for', () =>
    withHost(async ({ transport, library: handle }) => {
      expect(thrownBy(() => transport.openLibrary('/nowhere/at/all.so'))).toMatchObject({
        code: 'LIBRARY_NOT_FOUND',
        operation: 'open /nowhere/at/all.so',
      });
      expect(thrownBy(() => transport.findMethod(handle, 'nothing'))).toMatchObject({
        code: 'UNKNOWN_METHOD',
        operation: 'find the method nothing',
      });
      expect(thrownBy(() => transport.poolStats(12_345)).code).toBe('STALE_HANDLE');
      await expect(transport.closePool(12_345, 0)).rejects.toMatchObject({ code: 'STALE_HANDLE' });
    }));

  test('a pool that is closed leaves nothing behind', () =>
    withHost(async (host) => {
      await host.ask(1, host.create(), 'echo', 'x');
      const { status, report } = await host.close();
      expect({ status, destroyed: report.contextsDestroyed }).toEqual({ status: 0, destroyed: 1 });
      const left = host.transport.processStats();
      expect(left).toMatchObject({ pools: 0, slots: 0, contexts: 0, instances: 0, jobs: 0 });
    }));
});

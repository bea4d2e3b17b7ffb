import { expect, test } from '@jest/globals';
import * as z from 'zod';
import type { EngineCall, EngineInstance } from '../engine-abi.js';
import { bytes, defineLibrary, int64 } from '../index.js';
import { decode, encode } from '../wire/index.js';

const instance: EngineInstance = {
  signal: new AbortController().signal,
  emit: async () => undefined,
};
const call: EngineCall = { signal: instance.signal, deadline: undefined, instance };

const library = defineLibrary(
  {
    name: 'adder',
    version: '1.0.0',
    config: z.object({ start: z.number().default(10) }),
    methods: {
      add: {
        input: z.object({ n: z.number(), tags: z.array(z.string()).default([]) }),
        output: z.object({ total: z.number() }),
      },
      wide: { input: z.object({ n: int64() }), output: int64() },
      raw: { input: bytes(), output: bytes() },
      nothing: {},
    },
  },
  {
    create: (config) => ({ total: config.start }),
    methods: {
      add: ({ n, tags }, { state }) => {
        state.total += n + tags.length;
        return { total: state.total };
      },
      wide: ({ n }) => n + 1n,
      raw: (data) => data,
      nothing: () => undefined,
    },
  },
);

function method(name: string) {
  const found = library.engine.methods.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return (state: unknown, data: Uint8Array) => found.handle(state, data, call);
}

test('a synchronous handler is answered without a promise', () => {
  const state = library.engine.create(instance, encode({ start: 5 }));
  const answer = method('add')(state, encode({ n: 2, tags: ['a'] }));
  expect(answer).toBeInstanceOf(Uint8Array);
  expect(decode(answer as Uint8Array)).toEqual({ total: 8 });
});

test('defaults fill what a host leaves out, the whole config included', () => {
  const state = library.engine.create(instance, new Uint8Array());
  expect(decode(method('add')(state, encode({ n: 1 })) as Uint8Array)).toEqual({ total: 11 });
});

test('64-bit integers are bigint whatever their size, raw bytes are not encoded', () => {
  const state = library.engine.create(instance, new Uint8Array());
  expect(decode(method('wide')(state, encode({ n: 1 })) as Uint8Array)).toBe(2);
  const big = 2n ** 60n;
  expect(decode(method('wide')(state, encode({ n: big })) as Uint8Array)).toBe(big + 1n);
  const data = Uint8Array.of(1, 2);
  expect(method('raw')(state, data)).toBe(data);
  expect(method('nothing')(state, new Uint8Array())).toBeUndefined();
});

test('an input that does not match fails with its path', () => {
  const state = library.engine.create(instance, new Uint8Array());
  let thrown: unknown;
  try {
    method('add')(state, encode({ n: 1, tags: ['a', 2] }));
  } catch (error) {
    thrown = error;
  }
  const { status, payload } = library.engine.describeFailure(thrown);
  const [message, json] = Buffer.from(payload).toString().split('\0');
  expect(status).toBe(1);
  expect(message).toBe('/tags/1: expected string, received number');
  expect(JSON.parse(json as string)).toEqual({ path: '/tags/1' });
});

test('the contract says widths, bytes and what may be left out', () => {
  expect(library.contract.methods.wide?.output).toEqual({ type: 'integer', format: 'int64' });
  expect(library.contract.methods.raw?.input).toMatchObject({ weirType: 'bytes' });
  expect(library.contract.methods.nothing).toEqual({ input: null, output: null });
});

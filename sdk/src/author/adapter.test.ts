/**
 * What the engine meets: options of validation, events, async schemas, definitions that cannot be.
 */

import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { EngineCall, EngineInstance } from '../engine-abi.js';
import { bytes, defineLibrary, type Validate } from '../index.js';
import { decode, encode } from '../wire/index.js';

const emitted: [string, unknown][] = [];
const instance: EngineInstance = {
  signal: new AbortController().signal,
  emit: async (name, data) => {
    emitted.push([name, data.length === 0 ? undefined : decode(data)]);
    if (name === 'refused') throw new Error('the context is being destroyed');
  },
};
const call: EngineCall = { signal: instance.signal, deadline: 7, instance };
const EMPTY = new Uint8Array();
const thrownBy = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
};

describe('validate', () => {
  const make = (validate?: Validate) =>
    defineLibrary(
      {
        name: 'v',
        version: '1.0.0',
        ...(validate === undefined ? {} : { validate }),
        methods: {
          m: {
            input: z.object({ a: z.number().default(1) }),
            output: z.object({ a: z.number(), b: z.string().default('b') }),
          },
        },
      },
      { methods: { m: (input) => input } },
    ).engine;
  const run = (validate: Validate | undefined, input: unknown) => {
    const engine = make(validate);
    const state = engine.create(instance, EMPTY);
    return decode(engine.methods[0]?.handle(state, encode(input), call) as Uint8Array);
  };

  test('both, the default: defaults apply on both sides', () => {
    expect(run(undefined, {})).toEqual({ a: 1, b: 'b' });
    expect(run('both', { a: 2, c: 3 })).toEqual({ a: 2, b: 'b' });
  });
  test('input: the output leaves as it is', () => {
    expect(run('input', {})).toEqual({ a: 1 });
    expect(thrownBy(() => run('input', { a: 'x' })).message).toMatch('/a: expected number');
  });
  test('none: the handler gets what the wire carried', () => {
    expect(run('none', { a: 'x', c: 3 })).toEqual({ a: 'x', c: 3 });
  });
});

const library = defineLibrary(
  {
    name: 'l',
    version: '1.0.0',
    config: z.object({ a: z.string() }),
    methods: {
      look: { output: z.object({ deadline: z.number().optional(), aborted: z.boolean() }) },
      emit: { input: z.string() },
      asynchronous: {
        input: z.string().refine(async (text) => text !== 'no'),
        output: z
          .string()
          .transform(async (text) => `${text}!`)
          .pipe(z.string()),
      },
      hidden: { input: z.string().refine((text) => Promise.resolve(text !== 'no')) },
      rejects: {},
    },
    events: { said: z.object({ text: z.string().min(2) }), empty: z.void(), refused: bytes() },
    errors: { E: z.object({ n: z.number() }) },
    stack: true,
  },
  {
    create: () => ({ calls: 0 }),
    methods: {
      look: (_input, { deadline, signal }) => ({ deadline, aborted: signal.aborted }),
      async emit(text, { emit, instance: own }) {
        await own.emit('said', { text });
        await emit('empty', undefined);
        void emit('refused', new Uint8Array()); // nobody awaits: it must not end the process
      },
      asynchronous: (text) => text,
      hidden: () => undefined,
      rejects: () => Promise.reject(new RangeError('later')),
    },
  },
).engine;

const state = library.create(instance, encode({ a: 'a' }));
const handle = (name: string, input?: unknown) =>
  library.methods
    .find((method) => method.name === name)
    ?.handle(state, input === undefined ? EMPTY : encode(input), call);

test('a call shows what the engine says', () => {
  expect(decode(handle('look') as Uint8Array)).toEqual({ deadline: 7, aborted: false });
});

test('events are checked, encoded and may be left unawaited', async () => {
  await handle('emit', 'hello');
  await new Promise((resolve) => setImmediate(resolve));
  expect(emitted).toEqual([
    ['said', { text: 'hello' }],
    ['empty', undefined],
    ['refused', undefined],
  ]);
  await expect(handle('emit', 'x')).rejects.toThrow('/text: ');
});

test('async schemas work, and only they make a promise of an answer', async () => {
  expect(decode((await handle('asynchronous', 'yes')) as Uint8Array)).toBe('yes!');
  await expect(handle('asynchronous', 'no')).rejects.toMatchObject({ subject: 'input' });
  await expect(handle('hidden', 'no')).rejects.toMatchObject({ subject: 'input' });
  expect(await handle('hidden', 'yes')).toBeUndefined();
});

test('a rejection reaches the engine, which asks for its description', async () => {
  const error = await (handle('rejects') as Promise<unknown>).catch((thrown: unknown) => thrown);
  const { status, payload } = library.describeFailure(error);
  const [message, extra] = Buffer.from(payload).toString().split('\0');
  expect([status, message]).toEqual([16, 'RangeError: later']);
  expect(JSON.parse(extra as string).stack).toContain('adapter.test');
});

test('a config is refused with the status of create', () => {
  const error = thrownBy(() => library.create(instance, encode({ a: 1 })));
  expect(library.describeFailure(error).status).toBe(15);
  expect(error.message).toBe('config: /a: expected string, received number');
  const junk = thrownBy(() => library.create(instance, Uint8Array.of(0xff)));
  expect(junk.message).toContain('not valid CBOR: a break');
});

test('messages of validation say what is wrong, not what was sent', () => {
  const { engine } = defineLibrary(
    {
      name: 'u',
      version: '1.0.0',
      methods: {
        m: {
          input: z.array(z.union([z.object({ k: z.literal('a'), n: z.number() }), z.string()])),
        },
      },
    },
    { methods: { m: () => undefined } },
  );
  const bad = [{ k: 'a', n: 'secret' }, 1, 2, 3, 4];
  const error = thrownBy(() =>
    engine.methods[0]?.handle(engine.create(instance, EMPTY), encode(bad), call),
  );
  expect(error.message).toMatch(/^\/0\/n: expected number, received string; \/1: .*and 2 more$/);
  expect(error.message).not.toContain('secret');
});

describe('definitions that cannot be', () => {
  const define = (spec: object, methods: object = { m: () => undefined }) =>
    thrownBy(() =>
      defineLibrary(
        { name: 'a', version: '1.0.0', methods: { m: {} }, ...spec } as never,
        { methods } as never,
      ),
    );
  test.each([
    ['a name with a slash', { name: 'a/b' }, 'name "a/b"'],
    ['an empty version', { version: '' }, 'version ""'],
    ['no methods', { methods: {} }, 'at least one method'],
    ['a method with a space', { methods: { 'a b': {} } }, 'method "a b"'],
    ['an error in small letters', { errors: { nope: z.string() } }, 'error "nope"'],
    ['something that is no schema', { config: { a: 1 } }, 'config: not a schema of Zod 4'],
    ['optional bytes', { events: { e: bytes().optional() } }, 'events.e: bytes()'],
  ])('%s', (_name, spec, message) => {
    const error = define(spec);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(message);
  });
  test('handlers and methods that do not fit', () => {
    expect(define({}, {}).message).toBe('method m is declared and has no handler');
    const more = define({}, { m: () => 0, n: () => 0 });
    expect(more.message).toBe('handler n belongs to no declared method');
  });
});

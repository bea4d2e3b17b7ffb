/** What the types infer; a wrong one is an error of tsc, which looks at this file. */

import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { bytes, defineLibrary, int64, uint8 } from '../index.js';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(yes: Same<A, B>): boolean => yes;

test('handlers, state, events and errors are typed by the schemas', () => {
  const library = defineLibrary(
    {
      name: 'typed',
      version: '1.0.0',
      config: z.object({ depth: uint8().default(3) }),
      methods: {
        plain: {
          input: z.object({ id: int64(), tags: z.array(z.string()).default([]) }),
          output: z.object({ at: z.string().default('now') }),
        },
        raw: { input: bytes(), output: bytes() },
        later: { input: z.string() },
        nothing: {},
      },
      events: { progress: z.object({ done: z.number() }) },
      errors: { SYNTAX: z.object({ line: z.number() }) },
    },
    {
      create: async (config) => {
        same<typeof config, { depth: number }>(true);
        return { seen: config.depth };
      },
      methods: {
        plain(input, call) {
          same<typeof input, { id: bigint; tags: string[] }>(true);
          same<typeof call.state, { seen: number }>(true);
          void call.emit('progress', { done: 1 });
          // @ts-expect-error: no such event
          void (() => call.emit('other', {}));
          // @ts-expect-error: a payload of another type
          void (() => call.emit('progress', { done: 'x' }));
          // @ts-expect-error: no such error
          void (() => call.failure('OTHER', {}, ''));
          return input.tags.length > 0 ? {} : { at: 'then' };
        },
        raw: (data) => data,
        async later(text, { signal }) {
          same<typeof text, string>(true);
          signal.throwIfAborted();
        },
        nothing(input) {
          same<typeof input, undefined>(true);
        },
      },
      destroy: (state) => {
        same<typeof state, { seen: number }>(true);
      },
    },
  );
  expect(library.name).toBe('typed');
});

test('without create there is no state', () => {
  defineLibrary(
    { name: 'bare', version: '1.0.0', methods: { ping: { output: z.string() } } },
    {
      methods: { ping: (_input, call) => (same<typeof call.state, undefined>(true) ? 'pong' : '') },
    },
  );
  expect(() =>
    defineLibrary(
      { name: 'bare', version: '1.0.0', methods: { ping: { output: z.string() } } },
      // @ts-expect-error: ping has no handler
      { methods: {} },
    ),
  ).toThrow('method ping is declared and has no handler');
});

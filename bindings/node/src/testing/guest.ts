/** guest.ts: the library in TypeScript that the tests call, built by typescript-library.ts. */

import { defineLibrary, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

const shared = globalThis as { visits?: number };

export default defineLibrary(
  {
    name: 'guest',
    version: '1.0.0',
    config: z.object({ greeting: z.string() }),
    methods: {
      greet: { input: z.object({ name: z.string() }), output: z.string() },
      count: { input: uint32(), output: uint32() },
      visit: { output: uint32() },
      refuse: { input: uint32() },
      spin: {},
      leave: {},
      wait: {},
    },
    events: { counted: z.object({ at: uint32() }) },
    errors: { REFUSED: z.object({ left: uint32() }) },
  },
  {
    create: ({ greeting }) => ({ greeting }),
    methods: {
      greet: ({ name }, { state }) => `${state.greeting}, ${name}`,
      /** Emits as many events; each waits until the host has room. */
      async count(upTo, { emit }) {
        for (let at = 0; at < upTo; at++) await emit('counted', { at });
        return upTo;
      },
      /** How often this environment was visited, by all instances in it. */
      visit() {
        shared.visits = (shared.visits ?? 0) + 1;
        return shared.visits;
      },
      refuse(left, { failure }) {
        throw failure('REFUSED', { left }, 'not now');
      },
      spin() {
        for (;;);
      },
      leave() {
        process.exit(3);
      },
      /** Until it is canceled, which may be before it begins. */
      wait: (_, { signal }) =>
        new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => resolve());
        }),
    },
  },
);

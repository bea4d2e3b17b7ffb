/** The library that the clients of this test are generated from. */

import { defineLibrary, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

export default defineLibrary(
  {
    name: 'shelf',
    version: '1.0.0',
    config: z.object({ room: uint32().default(10) }),
    methods: {
      add: {
        input: z.object({ title: z.string() }),
        output: z.object({ count: uint32() }),
      },
    },
    events: { added: z.object({ title: z.string() }) },
    errors: { FULL: z.object({ room: uint32() }) },
  },
  {
    create: ({ room }) => ({ room, titles: [] as string[] }),
    methods: {
      async add({ title }, { state, emit, failure }) {
        if (state.titles.length >= state.room) throw failure('FULL', { room: state.room }, 'full');
        state.titles.push(title);
        await emit('added', { title });
        return { count: state.titles.length };
      },
    },
  },
);

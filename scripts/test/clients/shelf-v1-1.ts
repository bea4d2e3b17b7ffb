/** Shelf 1.1: clients of 1.0 work with it. */

import { defineLibrary, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

export default defineLibrary(
  {
    name: 'shelf',
    version: '1.1.0',
    config: z.object({ room: uint32().default(10), label: z.string().optional() }),
    methods: {
      add: {
        input: z.object({ title: z.string(), author: z.string().optional() }),
        output: z.object({ count: uint32(), first: z.string() }),
      },
      clear: {},
    },
    events: { added: z.object({ title: z.string(), at: uint32() }) },
    errors: { FULL: z.object({ room: uint32() }) },
  },
  {
    create: ({ room }) => ({ room, titles: [] as string[] }),
    methods: {
      async add({ title }, { state, emit, failure }) {
        if (state.titles.length >= state.room) throw failure('FULL', { room: state.room }, 'full');
        state.titles.push(title);
        await emit('added', { title, at: state.titles.length });
        return { count: state.titles.length, first: state.titles[0] ?? '' };
      },
      clear(_, { state }) {
        state.titles.length = 0;
      },
    },
  },
);

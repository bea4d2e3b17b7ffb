/** Shelf 2.0: clients of 1.0 do not work with it. */

import { defineLibrary, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

export default defineLibrary(
  {
    name: 'shelf',
    version: '2.0.0',
    methods: {
      add: {
        input: z.object({ title: z.string(), author: z.string() }),
        output: z.object({ count: uint32() }),
      },
    },
  },
  { create: () => ({}), methods: { add: () => ({ count: 0 }) } },
);

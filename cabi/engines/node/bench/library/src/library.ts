// library.ts: a library for the engine's benchmarks. Its payloads are raw bytes, so that nothing is
// measured but the way of a call.

import { bytes, defineLibrary } from '@weir-ffi/sdk';
import { echo } from './echo.js';

/** Instances that this environment has had. */
let instances = 0;

export default defineLibrary(
  {
    name: 'engine-bench',
    version: '1.0.0',
    methods: {
      echo: { input: bytes(), output: bytes() },
      echoLater: { input: bytes(), output: bytes(), description: 'The same by a promise.' },
      instances: { output: bytes(), description: 'How many this environment has had, as text.' },
      loop: { description: 'Never ends.' },
    },
  },
  {
    create: () => {
      instances += 1;
    },
    methods: {
      echo,
      echoLater: async (input) => echo(input),
      instances: () => new TextEncoder().encode(String(instances)),
      loop: () => {
        while (true) {
          // until it is stopped
        }
      },
    },
  },
);

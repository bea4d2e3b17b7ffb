#!/usr/bin/env node
/** The program `weir`. */

import { cleanUpAtEnd } from './cleanup.js';
import { processIo } from './io.js';
import { run } from './program.js';

cleanUpAtEnd();
// A reader that has seen enough (`weir inspect … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
process.exitCode = await run(process.argv.slice(2), processIo());

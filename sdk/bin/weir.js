#!/usr/bin/env node
// The program `weir`. It stands here, and not in dist, so that npm can link it before dist is made.

import { existsSync } from 'node:fs';

const program = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('error: weir is not built yet\nhint: npm run build -w @weir-ffi/sdk\n');
  process.exitCode = 1;
}

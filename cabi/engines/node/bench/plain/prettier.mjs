// Prettier in plain Node: formats the files of the command line each time it gets a line, and
// answers with the milliseconds that it took.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { format } from 'prettier';

const files = process.argv.slice(2).map((path) => ({ path, source: readFileSync(path, 'utf8') }));

for await (const _ of createInterface({ input: process.stdin })) {
  const began = performance.now();
  for (const { path, source } of files) {
    await format(source, { filepath: path });
  }
  process.stdout.write(`${performance.now() - began}\n`);
}

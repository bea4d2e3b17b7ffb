// Writes the version of the top's package.json into the packages and the lock. `npm version` runs
// it after it has changed the top's, and takes the files that it names into its commit.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseCommandLine } from './lib/args.js';
import { projectFiles } from './lib/files.js';
import { at } from './lib/paths.js';
import { lockWithVersion, packageWithVersion, topVersion } from './lib/versions.js';

const help = `usage: npm version <version>

Sets the version: in package.json, in the packages that are packed, where they are needed, and in
the lock.
`;

parseCommandLine({ options: { help: { type: 'boolean', short: 'h' } } }, help);
const version = topVersion(readFileSync(at('package.json'), 'utf8'));

function rewrite(path: string, change: (text: string, version: string) => string): void {
  const before = readFileSync(at(path), 'utf8');
  const after = change(before, version);
  if (after === before) return;
  writeFileSync(at(path), after);
  process.stdout.write(`${path}\n`);
}

for (const path of projectFiles().filter((one) => one.endsWith('/package.json'))) {
  rewrite(path, packageWithVersion);
}
rewrite('package-lock.json', lockWithVersion);

// npm run readme: makes the samples and figures of README.md and of the pages under docs/ anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseCommandLine } from './lib/args.js';
import { projectFiles } from './lib/files.js';
import { at } from './lib/paths.js';
import { isPage, renderReadme } from './readme/render.js';

const help = `usage: npm run readme

Rewrites the parts of README.md and docs/ between <!-- sample:… --> and <!-- figures:… --> marks.
`;

parseCommandLine({ options: { help: { type: 'boolean', short: 'h' } } }, help);
let failed = false;
for (const path of projectFiles().filter(isPage)) {
  const before = readFileSync(at(path), 'utf8');
  const { text, problems } = renderReadme(before);
  for (const problem of problems) process.stderr.write(`${path}: ${problem}\n`);
  if (text !== before) {
    writeFileSync(at(path), text);
    process.stdout.write(`${path} was rewritten\n`);
  }
  failed ||= problems.length > 0;
}
process.exitCode = failed ? 1 : 0;

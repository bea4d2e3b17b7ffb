// npm run readme: makes the samples and figures of README.md anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseCommandLine } from './lib/args.js';
import { at } from './lib/paths.js';
import { renderReadme } from './readme/render.js';

const help = `usage: npm run readme

Rewrites the parts of README.md between <!-- sample:… --> and <!-- figures:… --> marks.
`;

parseCommandLine({ options: { help: { type: 'boolean', short: 'h' } } }, help);
const before = readFileSync(at('README.md'), 'utf8');
const { text, problems } = renderReadme(before);
for (const problem of problems) process.stderr.write(`README.md: ${problem}\n`);
if (text !== before) writeFileSync(at('README.md'), text);
process.stdout.write(text === before ? 'README.md is fresh\n' : 'README.md was rewritten\n');
process.exitCode = problems.length === 0 ? 0 : 1;

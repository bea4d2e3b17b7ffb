// npm run tidy: checks what a program can check. npm test runs the same rules.

import { parseCommandLine } from './lib/args.js';
import { endOnSignals } from './lib/run.js';
import { tidy } from './tidy/check.js';
import { rules } from './tidy/rules.js';

const help = `usage: npm run tidy

Checks the sources, and the release library as it was last built:
${rules.map(({ name }) => `  - ${name}`).join('\n')}
`;

parseCommandLine({ options: { help: { type: 'boolean', short: 'h' } } }, help);
endOnSignals();
const { passed, failed } = await tidy((line) => process.stdout.write(`${line}\n`));
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

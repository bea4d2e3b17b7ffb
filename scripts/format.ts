// npm run format: rewrites C, C++, Go, TypeScript and JSON files in the project's form.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { wrapComments } from './format/wrap-comments.js';
import { parseCommandLine } from './lib/args.js';
import { isGo, isNative, isScript, projectFiles } from './lib/files.js';
import { goCommand } from './lib/go.js';
import { at } from './lib/paths.js';
import { endOnSignals, run } from './lib/run.js';

const help = `usage: npm run format [-- <path prefix>...]

Formats and wraps long comments in all files of the project, or in those
whose path begins with one of the prefixes.
`;

const { positionals } = parseCommandLine(
  { allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } },
  help,
);
const chosen = (path: string) =>
  positionals.length === 0 || positionals.some((prefix) => path.startsWith(prefix));
endOnSignals();

const files = projectFiles().filter(chosen);
/** The public headers have lines of their own length. */
const mayWrap = (path: string) =>
  (isNative(path) || isGo(path) || isScript(path)) && !path.startsWith('cabi/include/');
for (const path of files.filter(mayWrap)) {
  const before = readFileSync(at(path), 'utf8');
  if (before.startsWith('// Code generated ')) continue; // as its generator writes it
  const after = wrapComments(before);
  if (after !== before) writeFileSync(at(path), after);
}

const go = goCommand();
const commands: string[][] = [];
const native = files.filter(isNative);
if (native.length > 0) commands.push(['clang-format-19', '-i', ...native]);
const goFiles = files.filter(isGo);
if (goFiles.length > 0 && 'path' in go) {
  commands.push([join(dirname(go.path), 'gofmt'), '-w', ...goFiles]);
}
const paths = positionals.length === 0 ? ['.'] : positionals;
commands.push([
  'node_modules/.bin/biome',
  'check',
  '--write',
  '--no-errors-on-unmatched',
  ...paths,
]);

for (const [command = '', ...args] of commands) {
  const { code } = await run(command, args, { show: true });
  if (code !== 0) process.exitCode = 1;
}

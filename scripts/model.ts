// npm run test:model: checks the Promela models of cabi/model exhaustively, and that each of their
// planted bugs is found, so that a model that cannot fail is noticed.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommandLine, usageError } from './lib/args.js';
import { at } from './lib/paths.js';
import { endOnSignals, run } from './lib/run.js';

const FOLDER = 'cabi/model';
const MEMORY_MB = 3_000;
const DEPTH_MAX = 1_000_000;

const help = `usage: npm run test:model [-- <model>...]

Checks the models of ${FOLDER}, or those that are named (signal, queue, ...). Each is searched
exhaustively and must have no error; each of its BUG_ variants must have one.

  --help    this text
`;

const { positionals } = parseCommandLine(
  { allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } },
  help,
);
endOnSignals();

interface Check {
  model: string;
  /** A BUG_ variant, which must fail. */
  bug?: string;
  /** A formula to check instead of assertions and deadlocks. */
  formula?: string;
}

interface Outcome {
  problem?: string;
  failed: boolean;
  states: string;
}

function checksOf(model: string): Check[] {
  const text = readFileSync(at(FOLDER, `${model}.pml`), 'utf8');
  const bugs = [...new Set(text.match(/\bBUG_\w+/g) ?? [])];
  const formulas = [...text.matchAll(/^ltl (\w+)/gm)].map((match) => match[1] ?? '');
  return [
    { model },
    ...formulas.map((formula) => ({ model, formula })),
    ...bugs.map((bug) => ({ model, bug })),
  ];
}

/** Compile the model into a checker in `folder` and run it. */
async function search({ model, bug, formula }: Check, folder: string): Promise<Outcome> {
  const file = at(FOLDER, `${model}.pml`);
  const kind = formula ? [] : ['-DSAFETY', '-DNOCLAIM'];
  const how = formula ? ['-a', '-f', '-N', formula] : [];
  const commands = [
    ['spin', '-a', ...(bug ? [`-D${bug}`] : []), file],
    ['gcc', '-O2', '-w', '-DCOLLAPSE', `-DMEMLIM=${MEMORY_MB}`, ...kind, '-o', 'pan', 'pan.c'],
    [join(folder, 'pan'), `-m${DEPTH_MAX}`, '-n', ...how],
  ];
  let output = '';
  for (const [command = '', ...args] of commands) {
    const result = await run(command, args, { cwd: folder });
    output = result.output;
    if (result.code !== 0) return { problem: output.trim(), failed: false, states: '0' };
  }
  const errors = /errors: (\d+)/.exec(output)?.[1];
  const cut = /max search depth too small|out of memory|reached -DMEMLIM/.exec(output)?.[0];
  if (errors === undefined || (cut && errors === '0')) {
    return { problem: cut ?? output.trim(), failed: false, states: '0' };
  }
  const states = /(\d+) states, stored/.exec(output)?.[1] ?? '0';
  return { failed: errors !== '0', states };
}

async function passes(check: Check): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-model-'));
  try {
    const began = Date.now();
    const outcome = await search(check, folder);
    const good = !outcome.problem && outcome.failed === (check.bug !== undefined);
    const what = check.bug ? `finds ${check.bug}` : (check.formula ?? 'no error');
    const took = ((Date.now() - began) / 1000).toFixed(1);
    const states = Number(outcome.states).toLocaleString('en');
    const words = `${check.model}: ${what}`.padEnd(56);
    process.stdout.write(`${good ? 'ok  ' : 'FAIL'} ${words} ${states} states, ${took} s\n`);
    if (outcome.problem) process.stdout.write(`${outcome.problem}\n`);
    return good;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const models = readdirSync(at(FOLDER))
  .filter((name) => name.endsWith('.pml'))
  .map((name) => name.replace(/\.pml$/, ''));
const unknown = positionals.filter((name) => !models.includes(name));
if (unknown.length > 0) usageError(`unknown model: ${unknown.join(', ')}`, help);

if ((await run('spin', ['-V'])).code !== 0) {
  process.stderr.write('spin is missing: install the Debian package spin (apt-get install spin)\n');
  process.exit(1);
}
let failed = 0;
const checks = models
  .filter((name) => positionals.length === 0 || positionals.includes(name))
  .flatMap(checksOf);
for (const check of checks) failed += (await passes(check)) ? 0 : 1;
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

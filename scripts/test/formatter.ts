// The steps over the formatter, a library in TypeScript: its own tests, and hosts in Go and Python.
//
// Where the engine is not built the hosts' steps are left out, with a line that says so.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { at } from '../lib/paths.js';
import { type RunResult, run } from '../lib/run.js';
import {
  buildFormatter,
  buildSdk,
  buildTypeScript,
  formatterClient,
  generateClient,
  hasEngine,
} from '../lib/typescript.js';
import { runHost } from './go.js';
import { parseJest } from './jest.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

/** Real files of the project in four languages. */
const PYTHON_FILES = [
  'README.md',
  'tsconfig.json',
  'scripts/start.ts',
  'examples/formatter/src/library.ts',
  'scripts/bootstrap.mjs',
];

/** A run that formats each file at least once, in seconds rather than a minute. */
const GO_ARGUMENTS = ['-library=formatter', '-files=200', '-duration=5s'];
/** Go collects garbage all the time meanwhile. */
const COLLECTING = { GOGC: '5' };
const COLLECTING_ARGUMENTS = [...GO_ARGUMENTS, '-duration=30s', '-goroutines=16'];
const ENVIRONMENT_ARGUMENTS = [...GO_ARGUMENTS, '-isolation=environment', '-files=48'];

const skipped: Counts = { passed: 0, failed: 0 };

function failed(context: StepContext, what: string, { output }: RunResult): Counts {
  context.print(`${output.trimEnd()}\n${what} failed`);
  return one(false);
}

/** The release, the sdk and the library; undefined when all is there, else how the step ends. */
async function prepare(context: StepContext): Promise<Counts | undefined> {
  context.progress('building the release, the sdk and the formatter');
  const built = await configureAndBuild('release');
  if (built.code !== 0) return failed(context, 'the release build', built);
  if (!hasEngine()) {
    context.print('skipped: the engine was not built, since libnode is not there');
    return skipped;
  }
  const made = await buildTypeScript(false);
  return made.code === 0 ? undefined : failed(context, 'building the formatter', made);
}

async function ownTests(context: StepContext): Promise<Counts> {
  context.progress('types');
  const types = await run(at('node_modules/.bin/tsc'), ['--noEmit', '-p', 'examples/formatter']);
  if (types.code !== 0) return failed(context, 'tsc', types);
  const sdk = await buildSdk(false);
  if (sdk.code !== 0) return failed(context, 'building the sdk', sdk);
  context.progress('the library file');
  const file = await buildFormatter(false);
  if (file.code !== 0) return failed(context, 'weir build', file);
  const fresh = await clientIsFresh(context);
  context.progress('Jest');
  const jest = at('node_modules/jest/bin/jest.js');
  const args = ['--experimental-vm-modules', '--no-warnings', jest, '--json'];
  const result = await run(process.execPath, args, { cwd: at('examples/formatter') });
  return sum([fresh, parseJest(result, context)]);
}

/** The Go client of the formatter is what the generator writes. */
async function clientIsFresh(context: StepContext): Promise<Counts> {
  context.progress('the Go client');
  const folder = mkdtempSync(join(tmpdir(), 'weir-client-'));
  try {
    const made = await generateClient(folder);
    if (made.code !== 0) return failed(context, 'weir generate', made);
    const files = readdirSync(folder);
    const differs = (name: string) =>
      !readFileSync(join(folder, name)).equals(readFileSync(join(formatterClient, name)));
    const old = files.length !== readdirSync(formatterClient).length || files.some(differs);
    if (old) {
      context.print('examples/go-host/formatterclient is not what the contract gives:');
      context.print('npm run generate -w @weir-ffi/example-formatter');
    }
    return one(!old);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compares what the Python host wrote with prettier's own results, in this process. */
async function comparePython(context: StepContext, out: string): Promise<Counts> {
  const prettier = (await import('prettier')) as typeof import('prettier');
  const counts: Counts[] = [];
  for (const path of PYTHON_FILES) {
    const filepath = basename(path);
    const expected = await prettier.format(readFileSync(at(path), 'utf8'), { filepath });
    const same = readFileSync(join(out, filepath), 'utf8') === expected;
    if (!same) context.print(`${path}: not what prettier makes of it`);
    counts.push(one(same));
  }
  return sum(counts);
}

async function runPython(context: StepContext): Promise<Counts> {
  const ended = await prepare(context);
  if (ended) return ended;
  const out = mkdtempSync(join(tmpdir(), 'weir-python-'));
  try {
    context.progress('examples/python-host');
    const args = ['-B', at('examples/python-host/host.py'), '--out', out, ...PYTHON_FILES];
    const result = await run('python3', args);
    if (result.code !== 0) return failed(context, 'the Python host', result);
    return await comparePython(context, out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const goHost =
  (args: string[], env: Record<string, string> = {}) =>
  async (context: StepContext) =>
    (await prepare(context)) ?? (await runHost(context, args, env));

export const formatterSteps: Step[] = [
  {
    name: 'formatter: types, library file and its tests',
    groups: ['formatter', 'typescript'],
    run: ownTests,
  },
  {
    name: 'formatter: a Go host, results compared with prettier',
    groups: ['formatter', 'host'],
    run: goHost(GO_ARGUMENTS),
  },
  {
    name: 'formatter: a Go host that collects garbage all the time, 30 s',
    groups: ['formatter', 'host'],
    run: goHost(COLLECTING_ARGUMENTS, COLLECTING),
  },
  {
    name: 'formatter: a Go host, an environment for each tenant',
    groups: ['formatter', 'host'],
    run: goHost(ENVIRONMENT_ARGUMENTS),
  },
  {
    name: 'formatter: a Python host, results compared with prettier',
    groups: ['formatter', 'python'],
    run: runPython,
  },
];

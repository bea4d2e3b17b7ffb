// The Go steps: vet, tests, tests with the race detector, and a short run of the host.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { type GoCommand, goCommand } from '../lib/go.js';
import { buildHost, hostProgram } from '../lib/host.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

const MODULES = ['bindings/go', 'examples/go-host'];
const TEST_TIMEOUT = '300s';
/** Each write of a Go pointer is checked for C memory, and garbage is collected all the time. */
const CHECKING = { GOEXPERIMENT: 'cgocheck2', GODEBUG: 'cgocheck=1', GOGC: '5' };

interface GoEvent {
  Action: string;
  Package?: string;
  Test?: string;
  Output?: string;
}

export interface GoReport extends Counts {
  skipped: number;
  /** What the failed tests and packages printed. */
  output: string;
}

const parseEvents = (text: string): { events: GoEvent[]; other: string[] } => {
  const events: GoEvent[] = [];
  const other: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('{')) events.push(JSON.parse(line) as GoEvent);
    else if (line !== '') other.push(line);
  }
  return { events, other };
};

/**
 * Counts `go test -json`: each test without subtests, and each package that failed outside its
 * tests.
 */
export function parseGoTest(text: string): GoReport {
  const { events, other } = parseEvents(text);
  const ended = events.filter(({ Action }) => ['pass', 'fail', 'skip'].includes(Action));
  const key = ({ Package, Test }: GoEvent) => `${Package} ${Test ?? ''}`;
  const tests = ended.filter(({ Test }) => Test !== undefined);
  const parents = new Set(
    tests
      .filter(({ Test }) => Test?.includes('/'))
      .map((event) => key(event).replace(/\/[^/]*$/, '')),
  );
  const leaves = tests.filter((event) => !parents.has(key(event)));
  const count = (action: string) => leaves.filter(({ Action }) => Action === action).length;
  const failedTests = tests.filter(({ Action }) => Action === 'fail');
  const brokenPackages = ended.filter(
    ({ Action, Test, Package }) =>
      Action === 'fail' && !Test && !failedTests.some((test) => test.Package === Package),
  );
  const failedKeys = new Set([...failedTests, ...brokenPackages].map(key));
  const broken = new Set(brokenPackages.map(({ Package }) => Package));
  const shown = events.filter(
    (event) => event.Output && (failedKeys.has(key(event)) || broken.has(event.Package)),
  );
  const buildOutput = events.filter(({ Action }) => Action === 'build-output');
  const output = [...buildOutput, ...shown].map(({ Output }) => Output).join('');
  // A test that fails beside its passing subtests counts too.
  const failed = Math.max(count('fail'), failedTests.length > 0 ? 1 : 0) + brokenPackages.length;
  return {
    passed: count('pass'),
    failed,
    skipped: count('skip'),
    output: output + other.join('\n'),
  };
}

async function goTest(
  go: GoCommand,
  module: string,
  flags: string[],
  context: StepContext,
  env: Record<string, string> = {},
): Promise<Counts> {
  const args = ['test', '-json', '-count=1', `-timeout=${TEST_TIMEOUT}`, ...flags, './...'];
  const { code, output } = await run(go.path, args, {
    cwd: at(module),
    env: { ...go.env, ...env },
    onLine: (line) => {
      const name = /"Action":"run".*"Test":"([^"]+)"/.exec(line)?.[1];
      if (name) context.progress(`${module}: ${name}`);
    },
  });
  const report = parseGoTest(output);
  if (code === 0 && report.failed === 0) {
    if (report.skipped > 0) context.print(`${report.skipped} skipped`);
    return { passed: report.passed, failed: 0 };
  }
  context.print(`${module}: go test ${flags.join(' ')} failed\n${report.output}`.trimEnd());
  return { passed: report.passed, failed: Math.max(1, report.failed) };
}

async function goVet(go: GoCommand, module: string, context: StepContext): Promise<Counts> {
  const { code, output } = await run(go.path, ['vet', './...'], { cwd: at(module), env: go.env });
  if (code !== 0) context.print(`${module}: go vet\n${output}`.trimEnd());
  return one(code === 0);
}

/** Go links the release library, and its tests load the bookmarks library. */
async function prepare(context: StepContext): Promise<GoCommand | undefined> {
  const go = goCommand();
  if ('problem' in go) {
    context.print(go.problem);
    return undefined;
  }
  context.progress('building the release library');
  const built = await configureAndBuild('release');
  if (built.code === 0) return go;
  context.print(`${built.output.trimEnd()}\nthe release build failed`);
  return undefined;
}

type ModuleTask = (go: GoCommand, module: string, context: StepContext) => Promise<Counts>;

async function eachModule(context: StepContext, task: ModuleTask): Promise<Counts> {
  const go = await prepare(context);
  if (!go) return one(false);
  const counts: Counts[] = [];
  for (const module of MODULES) {
    if (existsSync(at(module, 'go.mod'))) counts.push(await task(go, module, context));
    else {
      context.print(`${join(module, 'go.mod')} is missing`);
      counts.push(one(false));
    }
  }
  return sum(counts);
}

/** Long enough for hundreds of lives of each slot; `npm run test:soak` takes its time. */
const HOST_ARGUMENTS = ['-library=native', '-duration=5s', '-goroutines=64', '-slots=16'];

/** The host checks its own invariants and ends with an exit code. */
export async function runHost(
  context: StepContext,
  args: string[],
  env: Record<string, string> = {},
): Promise<Counts> {
  const go = await prepare(context);
  if (!go) return one(false);
  const built = await buildHost(go, false);
  context.progress(`go-host ${args.join(' ')}`);
  const { code, output } = built.code === 0 ? await run(hostProgram, args, { env }) : built;
  if (code !== 0) context.print(`${output.trimEnd()}\nthe Go host ended with exit code ${code}`);
  return one(code === 0);
}

export const goSteps: Step[] = [
  {
    name: 'go: vet',
    groups: ['go'],
    run: (context) => eachModule(context, goVet),
  },
  {
    name: 'go: tests',
    groups: ['go'],
    run: (context) => eachModule(context, (go, module) => goTest(go, module, [], context)),
  },
  {
    name: 'go: tests with the race detector',
    groups: ['go', 'race'],
    run: (context) => eachModule(context, (go, module) => goTest(go, module, ['-race'], context)),
  },
  {
    name: 'go: tests with all checks of cgo and a garbage collector that never rests',
    groups: ['go', 'cgocheck'],
    run: async (context) => {
      const go = await prepare(context);
      return go ? goTest(go, 'bindings/go', ['-short'], context, CHECKING) : one(false);
    },
  },
  {
    name: 'go: the host over the bookmarks library',
    groups: ['go', 'host'],
    run: (context) => runHost(context, HOST_ARGUMENTS),
  },
];

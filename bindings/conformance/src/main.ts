// The command: npm test -w @weir-ffi/conformance.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCommandLine, usageError } from '../../../scripts/lib/args.js';
import { endOnSignals, type RunResult } from '../../../scripts/lib/run.js';
import { availableLibraries, buildNative, buildTypescriptLibrary } from './artifacts.js';
import { hosts } from './hosts.js';
import { loadSuite } from './load.js';
import { LIBRARIES } from './schema.js';
import { type PairOutcome, runSuite } from './suite.js';

const help = `usage: npm test -w @weir-ffi/conformance [-- options]

  --hosts <name>[,<name>...]      ${hosts.map(({ name }) => name).join(', ')}
  --libraries <name>[,<name>...]  ${LIBRARIES.join(', ')}
  --only <prefix>                 scenarios whose id begins so, such as events/
  --times                         the ten slowest scenarios of each run
  --help                          this text
`;

const { values } = parseCommandLine(
  {
    options: {
      hosts: { type: 'string' },
      libraries: { type: 'string' },
      only: { type: 'string' },
      times: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  help,
);

function choose<T>(all: readonly T[], nameOf: (one: T) => string, names: string | undefined): T[] {
  const wanted = names?.split(',') ?? all.map(nameOf);
  return wanted.map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    return found ?? usageError(`unknown: ${name}`, help);
  });
}

const must = (what: string, { code, output }: RunResult): void => {
  if (code === 0) return;
  process.stderr.write(`${output}\n${what} failed\n`);
  process.exit(1);
};

function show({ host, library, results, problems, tookMs }: PairOutcome): void {
  const title = `${host.title}, ${library}: ${results.size} scenarios, ${tookMs} ms`;
  process.stdout.write(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${title}\n`);
  for (const problem of problems) process.stdout.write(`     ${problem}\n`);
  if (!values.times) return;
  const slowest = [...results.values()].sort((a, b) => b.ms - a.ms).slice(0, 10);
  for (const { id, ms } of slowest) process.stdout.write(`     ${ms.toFixed(0)} ms ${id}\n`);
}

endOnSignals();
const suite = loadSuite();
must('the native build', await buildNative('release'));
const chosenHosts = choose(hosts, ({ name }) => name, values.hosts);
const libraries = choose(availableLibraries(), (name) => name, values.libraries);
if (libraries.includes('typescript')) must('weir build', await buildTypescriptLibrary());
for (const host of chosenHosts) must(`building ${host.title}`, await host.build());
const folder = mkdtempSync(join(tmpdir(), 'weir-conformance-'));
try {
  const pairs = chosenHosts.flatMap((host) => libraries.map((library) => ({ host, library })));
  const { only } = values;
  const outcomes = await runSuite(suite, { preset: 'release', pairs, folder, only, onEnd: show });
  process.exitCode = outcomes.every(({ problems }) => problems.length === 0) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

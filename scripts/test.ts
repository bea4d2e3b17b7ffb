// npm test: everything that is tested, step by step. The last line is "N passed, N failed".

import { parseCommandLine, usageError } from './lib/args.js';
import { endOnSignals, isEnding } from './lib/run.js';
import { asanConformanceSteps } from './test/asan-conformance.js';
import { clientSteps } from './test/clients.js';
import { conformanceSteps } from './test/conformance.js';
import { Console } from './test/console.js';
import { formatterSteps } from './test/formatter.js';
import { goSteps } from './test/go.js';
import { nativeSteps } from './test/native.js';
import { nodeSteps } from './test/node.js';
import { nodesSteps } from './test/nodes.js';
import { packageSteps } from './test/packages.js';
import { sdkSteps } from './test/sdk.js';
import { sourceSteps } from './test/sources.js';
import { type Counts, type Step, sum } from './test/step.js';

const steps: Step[] = [
  ...sourceSteps,
  ...nativeSteps,
  ...sdkSteps,
  ...nodeSteps,
  ...nodesSteps,
  ...packageSteps,
  ...goSteps,
  ...formatterSteps,
  ...clientSteps,
  ...conformanceSteps,
  ...asanConformanceSteps,
];
const groups = [...new Set(steps.flatMap((step) => step.groups))];

const help = `usage: npm test [-- --only <group>[,<group>...]] [--list]

  --only    run only the steps of these groups: ${groups.join(', ')};
            asan-engine, asan-addon and asan-conformance take long, and run only when
            they are named
  --list    say which steps there are, and run none
  --help    this text

Exit code 1 when a test fails or a step cannot be built, 2 for a bad command line, 130 after Ctrl-C.
`;

const { values } = parseCommandLine(
  {
    options: {
      only: { type: 'string', multiple: true },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  help,
);

function chooseSteps(only: string[]): Step[] {
  const names = only.flatMap((text) => text.split(',')).map((name) => name.trim());
  const unknown = names.filter((name) => !groups.includes(name));
  if (unknown.length > 0) {
    usageError(`unknown group: ${unknown.join(', ')}. Groups: ${groups.join(', ')}`, help);
  }
  if (names.length === 0) return steps.filter((step) => !step.long);
  return steps.filter((step) => step.groups.some((group) => names.includes(group)));
}

/** Lines of a step that failed which are shown once more at the end, where a reader looks first. */
const MOST_SAID = 16;

async function runSteps(chosen: Step[]): Promise<Counts> {
  const screen = new Console();
  const began = Date.now();
  const results: (Counts & { name: string; took: number; said: readonly string[] })[] = [];
  for (const [index, step] of chosen.entries()) {
    screen.begin(`${index + 1}/${chosen.length} ${step.name}`);
    const stepBegan = Date.now();
    const counts = await step.run(screen);
    if (isEnding()) return await new Promise(() => undefined); // the signal's handler exits
    const took = Date.now() - stepBegan;
    const said = screen.end(`${counts.passed} passed, ${counts.failed} failed`, took);
    results.push({ ...counts, name: step.name, took, said });
  }
  screen.print('');
  for (const { name, passed, failed, took } of results) {
    const counts = `${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed`;
    const time = `${(took / 1000).toFixed(1).padStart(7)} s`;
    screen.print(`${failed === 0 ? 'ok  ' : 'FAIL'} ${counts} ${time}  ${name}`);
  }
  for (const { name, failed, said } of results) {
    if (failed > 0) screen.print(`what failed in ${name}:\n${said.slice(-MOST_SAID).join('\n')}`);
  }
  screen.print(`took ${((Date.now() - began) / 1000).toFixed(0)} s`);
  return sum(results);
}

const chosen = chooseSteps(values.only ?? []);
if (values.list) {
  for (const step of chosen) process.stdout.write(`${step.name}  [${step.groups.join(', ')}]\n`);
} else {
  endOnSignals();
  const { passed, failed } = await runSteps(chosen);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

// The conformance step: every host runs every scenario over both libraries, and the matrix under
// docs/ is what came of it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  availableLibraries,
  buildNative,
  buildTypescriptLibrary,
} from '../../bindings/conformance/src/artifacts.js';
import { hosts } from '../../bindings/conformance/src/hosts.js';
import { loadSuite } from '../../bindings/conformance/src/load.js';
import { renderMatrix } from '../../bindings/conformance/src/matrix.js';
import { LIBRARIES } from '../../bindings/conformance/src/schema.js';
import { type PairOutcome, runSuite } from '../../bindings/conformance/src/suite.js';
import { at } from '../lib/paths.js';
import type { RunResult } from '../lib/run.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

const MATRIX = 'docs/conformance.md';

/** What went wrong before any host could start, or undefined. */
async function prepare(context: StepContext): Promise<RunResult | undefined> {
  context.progress('building the libraries and the hosts');
  const builds = [() => buildNative('release'), ...hosts.map((host) => () => host.build())];
  if (availableLibraries().includes('typescript')) builds.push(buildTypescriptLibrary);
  for (const build of builds) {
    const built = await build();
    if (built.code !== 0) return built;
  }
  return undefined;
}

/** A pair with a problem beside its scenarios, such as a leak, counts as failed. */
export function countPair({ results, problems }: PairOutcome): Counts {
  const passed = [...results.values()].filter(({ ok }) => ok).length;
  const failed = results.size - passed;
  return { passed, failed: failed === 0 && problems.length > 0 ? 1 : failed };
}

/** The matrix is rewritten when it is not what the run gave, and the step fails then. */
function matrixIsFresh(context: StepContext, text: string): Counts {
  const fresh = readFileSync(at(MATRIX), 'utf8') === text;
  if (!fresh) {
    writeFileSync(at(MATRIX), text);
    context.print(`${MATRIX} was not what this run gives; it has been written anew`);
  }
  return one(fresh);
}

async function conformance(context: StepContext): Promise<Counts> {
  const broken = await prepare(context);
  if (broken) {
    context.print(`${broken.output.trimEnd()}\nthe conformance suite could not be built`);
    return one(false);
  }
  const libraries = availableLibraries();
  const folder = mkdtempSync(join(tmpdir(), 'weir-conformance-'));
  try {
    const suite = loadSuite();
    const outcomes = await runSuite(suite, {
      preset: 'release',
      folder,
      pairs: hosts.flatMap((host) => libraries.map((library) => ({ host, library }))),
      onEnd: ({ host, library, problems }) => {
        context.progress(`${host.title}, ${library}`);
        for (const problem of problems) context.print(`${host.title}, ${library}: ${problem}`);
      },
    });
    const counts = sum(outcomes.map(countPair));
    if (counts.failed > 0) return counts;
    if (libraries.length < LIBRARIES.length) {
      context.print('the TypeScript library was left out, since libnode is not there');
      return counts;
    }
    return sum([counts, matrixIsFresh(context, renderMatrix(suite, outcomes))]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const conformanceSteps: Step[] = [
  {
    name: 'conformance: every host over both libraries',
    groups: ['conformance', 'host'],
    run: conformance,
  },
];

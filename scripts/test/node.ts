// The steps over @weir-ffi/node: its types, with a fresh dist as their result, and its tests, which
// use the release build of the core and of the addon.

import { configureAndBuild } from '../lib/cmake.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { parseJest } from './jest.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

async function types(context: StepContext): Promise<Counts> {
  const tsc = at('node_modules/.bin/tsc');
  const counts: Counts[] = [];
  for (const args of [
    ['-b', 'bindings/node/tsconfig.build.json'],
    ['-p', 'bindings/node'],
  ]) {
    const checked = await run(tsc, args);
    if (checked.code !== 0) context.print(checked.output.trimEnd());
    counts.push(one(checked.code === 0));
  }
  return sum(counts);
}

async function tests(context: StepContext): Promise<Counts> {
  const built = await configureAndBuild('release');
  if (built.code !== 0) {
    context.print(`${built.output.trimEnd()}\nthe release build failed`);
    return one(false);
  }
  const jest = at('node_modules/jest/bin/jest.js');
  const args = ['--experimental-vm-modules', '--no-warnings', jest, '--json'];
  return parseJest(await run(process.execPath, args, { cwd: at('bindings/node') }), context);
}

export const nodeSteps: Step[] = [
  { name: 'node: types', groups: ['node', 'typescript'], run: types },
  { name: 'node: tests', groups: ['node', 'typescript'], run: tests },
];

// The steps over @weir-ffi/node: its types, and its tests, which use the release build of the core.

import { configureAndBuild } from '../lib/cmake.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { buildSdk } from '../lib/typescript.js';
import { parseJest } from './jest.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

async function types(context: StepContext): Promise<Counts> {
  context.progress('building the sdk');
  const built = await buildSdk(false);
  if (built.code !== 0) context.print(built.output.trimEnd());
  const checked = await run(at('node_modules/.bin/tsc'), ['--noEmit', '-p', 'bindings/node']);
  if (checked.code !== 0) context.print(checked.output.trimEnd());
  return sum([one(built.code === 0), one(checked.code === 0)]);
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
  { name: 'node: tests', groups: ['node'], run: tests },
];

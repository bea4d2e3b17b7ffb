// The steps over @weir-ffi/sdk: its types, with a fresh dist as their result, and its tests.

import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { buildSdk } from '../lib/typescript.js';
import { parseJest } from './jest.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

async function types(context: StepContext): Promise<Counts> {
  context.progress('building dist');
  const built = await buildSdk(false);
  if (built.code !== 0) context.print(built.output.trimEnd());
  context.progress('the tests');
  const checked = await run(at('node_modules/.bin/tsc'), ['--noEmit', '-p', 'sdk']);
  if (checked.code !== 0) context.print(checked.output.trimEnd());
  return sum([one(built.code === 0), one(checked.code === 0)]);
}

async function tests(context: StepContext): Promise<Counts> {
  const jest = at('node_modules/jest/bin/jest.js');
  const args = ['--experimental-vm-modules', '--no-warnings', jest, '--json'];
  return parseJest(await run(process.execPath, args, { cwd: at('sdk') }), context);
}

export const sdkSteps: Step[] = [
  { name: 'sdk: types', groups: ['sdk', 'typescript'], run: types },
  { name: 'sdk: tests', groups: ['sdk', 'typescript'], run: tests },
];

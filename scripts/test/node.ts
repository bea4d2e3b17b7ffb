// The steps over @weir-ffi/node: its types, with a fresh dist as their result, and its tests, which
// use the release build of the core and of the addon.

import { join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { at, buildFolder } from '../lib/paths.js';
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

/**
 * The package's tests over a build of the core and of the addon.
 *
 * @param env for all programs of the tests
 * @param choice of tests, as Jest takes it
 */
async function testBuild(
  preset: string,
  context: StepContext,
  env: Record<string, string> = {},
  choice: readonly string[] = [],
): Promise<Counts> {
  const targets = preset === 'release' ? [] : ['weir', 'weir_addon'];
  const built = await configureAndBuild(preset, { targets });
  if (built.code !== 0) {
    context.print(`${built.output.trimEnd()}\nthe ${preset} build failed`);
    return one(false);
  }
  const jest = at('node_modules/jest/bin/jest.js');
  const args = ['--experimental-vm-modules', '--no-warnings', jest, '--json', ...choice];
  return parseJest(await run(process.execPath, args, { cwd: at('bindings/node'), env }), context);
}

/**
 * AddressSanitizer watches the core and the addon in a Node that was built without it; so its
 * library comes first, and leaks, of which Node has its own at exit, are not looked for. The tests
 * with a library in TypeScript are left out: the step asan-engine is theirs; and so are those that
 * count copies, for which another library would have to come first.
 */
async function sanitized(context: StepContext): Promise<Counts> {
  const asan = await run('gcc', ['-print-file-name=libasan.so']);
  const folder = join(buildFolder('asan'), 'lib');
  const env = {
    LD_PRELOAD: asan.output.trim(),
    ASAN_OPTIONS: 'detect_leaks=0:strict_string_checks=1',
    UBSAN_OPTIONS: 'print_stacktrace=1',
    WEIR_ADDON: join(folder, 'weir_addon.node'),
    WEIR_LIBRARY_PATH: join(folder, 'libweir.so.0'),
  };
  return testBuild('asan', context, env, [
    '--testPathIgnorePatterns',
    'src/(typescript|copies).test.ts',
  ]);
}

export const nodeSteps: Step[] = [
  { name: 'node: types', groups: ['node', 'typescript'], run: types },
  {
    name: 'node: tests',
    groups: ['node', 'typescript'],
    run: (context) => testBuild('release', context),
  },
  {
    name: 'node: address and undefined behaviour sanitizers',
    groups: ['asan-addon'],
    long: true,
    run: sanitized,
  },
];

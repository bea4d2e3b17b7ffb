// The programs that measure the engine, and a run of one of them on the processors it may use.

import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { configureAndBuild } from '../lib/cmake.js';
import { goCommand } from '../lib/go.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { buildTypeScript } from '../lib/typescript.js';
import { type Measured, parseLines } from './measured.js';

export const FOLDER = 'cabi/engines/node/bench';
export const LIBRARY = at('build/release/bench/engine-bench.weir');
export const SIDECAR = at('build/release/bench/sidecar.mjs');
export const HTTP_SIDECAR = at('build/release/bench/http.mjs');
export const NATIVE_PROGRAM = at('build/release/bin/weir_engine_bench');
export const GO_PROGRAM = at('build/release/bin/engine-bench');

export type Placement = 'one_core' | 'two_cores' | 'free';

/** One process: its name, where it may run, the program and its arguments. */
export interface Part {
  name: string;
  placement: Placement;
  command: string[];
  env?: Record<string, string>;
}

export async function must(what: string, result: Promise<{ code: number; output: string }>) {
  const { code, output } = await result;
  if (code !== 0) throw new Error(`${what} ended with exit code ${code}\n${output}`);
}

export async function buildAll(): Promise<void> {
  const targets = ['weir_engine_bench', 'weir_node', 'weir_run'];
  await must('the build', configureAndBuild('release', { targets }));
  await must('the build of the formatter', buildTypeScript(false));
  const library = ['build', at(FOLDER, 'library/src/library.ts'), '--minify', '--out', LIBRARY];
  await must('weir build', run(process.execPath, [at('sdk/bin/weir.js'), ...library]));
  await build({
    entryPoints: [at(FOLDER, 'plain/sidecar.ts'), at(FOLDER, 'plain/http.ts')],
    outdir: at('build/release/bench'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const go = goCommand();
  if ('problem' in go) throw new Error(go.problem);
  const folder = { cwd: at(FOLDER, 'go'), env: go.env };
  await must('go build', run(go.path, ['build', '-o', GO_PROGRAM, '.'], folder));
}

/** The numbers of the processors that this process may use. */
function processors(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '0';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** What it measured; its lines are shown as they come. */
export async function measurePart({
  name,
  placement,
  command,
  env = {},
}: Part): Promise<Map<string, Measured>> {
  const allowed = processors().slice(0, placement === 'one_core' ? 1 : 2);
  const began = performance.now();
  process.stdout.write(`${name}\n`);
  const result = await run('taskset', ['-c', allowed.join(','), ...command], {
    env,
    onLine: (line) => line !== '' && process.stdout.write(`  ${line}\n`),
  });
  process.stdout.write(`  ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  if (result.code !== 0) process.stdout.write(`  ended with exit code ${result.code}\n`);
  // What it measured before it failed stands; the rows of the rest are not met.
  return parseLines(result.output);
}

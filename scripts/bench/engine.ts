// npm run bench:engine: the TypeScript engine, by a program in C++ and one in Go, beside what a
// user has instead. Each part is a process of its own, so that it meets no memory of another.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { configureAndBuild } from '../lib/cmake.js';
import { goCommand } from '../lib/go.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { buildTypeScript, formatterFile } from '../lib/typescript.js';
import { chooseFiles } from './corpus.js';
import { engineNode } from './engine-node.js';
import { engineRows } from './engine-rows.js';
import { type Measured, parseLines } from './measured.js';
import { conclude, type Machine, machine } from './results.js';

const FOLDER = 'cabi/engines/node/bench';
const RESULTS = 'docs/results/engine.json';
const LIBRARY = at('build/release/bench/engine-bench.weir');
const SIDECAR = at('build/release/bench/sidecar.mjs');
const HTTP_SIDECAR = at('build/release/bench/http.mjs');
const NATIVE_PROGRAM = at('build/release/bin/weir_engine_bench');
const GO_PROGRAM = at('build/release/bin/engine-bench');

type Placement = 'one_core' | 'two_cores' | 'free';

/** One process: its name, where it may run, the program and its arguments. */
interface Part {
  name: string;
  placement: Placement;
  command: string[];
  env?: Record<string, string>;
}

async function must(what: string, result: Promise<{ code: number; output: string }>) {
  const { code, output } = await result;
  if (code !== 0) throw new Error(`${what} ended with exit code ${code}\n${output}`);
}

async function buildAll(): Promise<void> {
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

function nativeParts(): Part[] {
  const part = (name: string, placement: Placement, library = LIBRARY, ...more: string[]) => ({
    name: `${name}/${placement}`,
    placement,
    command: [NATIVE_PROGRAM, name, placement, library, ...more],
  });
  return [
    part('create', 'one_core'),
    part('cold', 'one_core'),
    part('cycles', 'one_core'),
    part('cycles', 'two_cores'),
    part('echo', 'one_core'),
    part('echo', 'two_cores'),
    part('window', 'one_core'),
    part('window', 'two_cores'),
    part('idle', 'two_cores'),
    part('stop', 'two_cores'),
    part('memory', 'two_cores', formatterFile, at('examples/formatter/src/library.ts')),
    part('environments', 'free'),
  ];
}

async function goParts(version: string): Promise<Part[]> {
  const part = (name: string, placement: Placement, ...args: string[]) => ({
    name: `go/${name}/${placement}`,
    placement,
    command: [GO_PROGRAM, name, placement, ...args],
  });
  const small = await chooseFiles({ most: 2_000, count: 32 });
  const any = await chooseFiles({ most: 16_000, count: 32 });
  const command = at('node_modules/prettier/bin/prettier.cjs');
  const prettier = at(FOLDER, 'plain/prettier.mjs');
  const sameNode = engineNode(version);
  const throughput = (corpus: string) =>
    part('throughput', 'two_cores', formatterFile, prettier, corpus, ...any);
  return [
    part('echo', 'one_core', LIBRARY, SIDECAR),
    part('echo', 'two_cores', LIBRARY, SIDECAR),
    part('http', 'two_cores', LIBRARY, HTTP_SIDECAR),
    part('format', 'two_cores', formatterFile, command, 'small', ...small),
    part('format', 'two_cores', formatterFile, command, 'any', ...any),
    throughput('any'),
    ...(sameNode ? [{ ...throughput('same'), name: 'go/throughput_same', env: sameNode }] : []),
  ];
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

async function measure({
  name,
  placement,
  command,
  env = {},
}: Part): Promise<Map<string, Measured>> {
  const allowed = processors().slice(0, placement === 'one_core' ? 1 : 2);
  const began = performance.now();
  const result = await run('taskset', ['-c', allowed.join(','), ...command], { env });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const lines = result.output.split('\n').filter((line) => line !== '');
  process.stdout.write(`${name}: ${seconds} s\n${lines.map((line) => `  ${line}\n`).join('')}`);
  if (result.code !== 0) process.stdout.write(`  ended with exit code ${result.code}\n`);
  // What it measured before it failed stands; the rows of the rest are not met.
  return parseLines(result.output);
}

function aboutEngine(): Machine {
  const doctor = [at('sdk/bin/weir.js'), 'doctor', '--json'];
  const { checks } = JSON.parse(execFileSync(process.execPath, doctor, { encoding: 'utf8' })) as {
    checks: { name: string; detail: string }[];
  };
  const engine = checks.find(({ name }) => name === 'engine starts')?.detail ?? 'unknown';
  return {
    ...machine(),
    engine: /v\d\S*/.exec(engine)?.[0] ?? engine,
    'plain Node': process.version,
  };
}

/** @returns how many bars are not met */
export async function benchEngine({ filter }: { filter: string }): Promise<number> {
  await buildAll();
  const about = aboutEngine();
  const version = String(about.engine ?? '').replace(/^v/, '');
  const parts = [...nativeParts(), ...(await goParts(version))];
  const found = new Map<string, Measured>();
  for (const part of parts.filter(({ name }) => new RegExp(filter).test(name))) {
    for (const [name, measured] of await measure(part)) found.set(name, measured);
  }
  if (filter) return 0;
  return conclude(engineRows(found), about, RESULTS);
}

// The programs that measure the hosts: how each is built, and run.

import { build } from 'esbuild';
import { configureAndBuild } from '../lib/cmake.js';
import { goCommand } from '../lib/go.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import {
  buildAll,
  GO_PROGRAM,
  HTTP_SIDECAR,
  LIBRARY,
  must,
  type Part,
  SIDECAR,
} from './engine-programs.js';
import { type Measured, parseGoBenchmark, parseLines } from './measured.js';

const NODE_PROGRAM = at('bindings/node/bench/hosts.ts');
const BARE_ADDON = at('build/release/lib/weir_bare.node');
const WORKER = at('build/release/bench/echo-worker.mjs');
/** The tests of the Go binding, which have its benchmarks, as a program. */
const GO_TESTS = at('build/release/bench/go-binding.test');
const GO_BENCHMARKS = '^Benchmark(Echo(1|64|1000|4KiB64|1MiB1)|Bare(1|64|1000))$';
const GO_COPIES = '^TestAPayloadIsCopiedAtMostTwiceEachWay$';
const GO_SECONDS = '0.3s';

export async function buildHosts(): Promise<void> {
  await buildAll();
  await must(
    'the build of the addon',
    configureAndBuild('release', { targets: ['weir_addon', 'weir_bare'] }),
  );
  const packages = ['sdk/tsconfig.build.json', 'bindings/node/tsconfig.build.json'];
  const tsc = at('node_modules/typescript/bin/tsc');
  await must('tsc', run(process.execPath, [tsc, '-b', ...packages.map((path) => at(path))]));
  await build({
    entryPoints: [at('bindings/node/bench/peers/echo-worker.ts')],
    outfile: WORKER,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  await must('go test -c', runGo(['test', '-c', '-o', GO_TESTS, '.']));
}

function runGo(args: readonly string[]) {
  const go = goCommand();
  if ('problem' in go) throw new Error(go.problem);
  return run(go.path, args, { cwd: at('bindings/go'), env: go.env });
}

/** Those that are one process each. */
export function hostsParts(): Part[] {
  const go = (name: string, sidecar: string): Part => ({
    name: `go/${name}`,
    placement: 'free',
    command: [GO_PROGRAM, name, 'free', LIBRARY, sidecar],
  });
  const node = [process.execPath, '--import', 'tsx', NODE_PROGRAM, BARE_ADDON, LIBRARY, WORKER];
  return [
    { name: 'node', placement: 'free', command: node },
    go('echo', SIDECAR),
    go('http', HTTP_SIDECAR),
  ];
}

async function runGoTests(args: readonly string[], env: Record<string, string>): Promise<string> {
  const go = goCommand();
  if ('problem' in go) throw new Error(go.problem);
  const { code, output } = await run(GO_TESTS, args, {
    cwd: at('bindings/go'),
    env: { ...go.env, ...env },
    onLine: (line) => /ns\/op|^\{/.test(line) && process.stdout.write(`  ${line}\n`),
  });
  if (code !== 0) throw new Error(`${GO_TESTS} ${args.join(' ')} failed\n${output}`);
  return output;
}

/**
 * The Go binding beside the bare bridge: every benchmark once a round, so that a machine that is
 * slower for a while is so for all of them; and the copies of a payload.
 */
export async function measureGoBinding(
  rounds: number,
  env: Record<string, string>,
): Promise<Map<string, Measured>> {
  process.stdout.write('go/native\n');
  let text = '';
  for (let round = 1; round <= rounds; round++) {
    process.stdout.write(`  round ${round} of ${rounds}\n`);
    const benchmarks = [`-test.bench=${GO_BENCHMARKS}`, `-test.benchtime=${GO_SECONDS}`];
    text += await runGoTests(['-test.run=^$', ...benchmarks], env);
  }
  const copies = await runGoTests([`-test.run=${GO_COPIES}`, '-test.v'], env);
  return new Map([...parseGoBenchmark(text), ...parseLines(copies)]);
}

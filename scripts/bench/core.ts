// npm run bench:core: the core, by Google Benchmark and Go's own benchmarks, beside its floors.

import { readFileSync } from 'node:fs';
import { configureAndBuild } from '../lib/cmake.js';
import { goCommand } from '../lib/go.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { coreRows } from './core-rows.js';
import { type Measured, parseGoBenchmark, parseGoogleBenchmark } from './measured.js';
import { conclude, machine } from './results.js';

/** The Google Benchmark program of cabi/bench. */
const PROGRAM = 'weir_bench';
const RAW = 'build/release/bench-core.json';
const RESULTS = 'docs/results/core.json';

/**
 * Seconds of one repetition; the runs of all benchmarks are mixed, so that each meets the same
 * machine.
 */
const REPETITION_S = 0.15;

export interface CoreOptions {
  repetitions: string;
  /** A regular expression: run only these benchmarks, and write no results. */
  filter: string;
}

async function measureNative(options: CoreOptions): Promise<Map<string, Measured>> {
  const { repetitions, filter } = options;
  const built = await configureAndBuild('release', { targets: [PROGRAM], show: true });
  if (built.code !== 0) throw new Error(`${PROGRAM} could not be built`);
  const args = [
    `--benchmark_out=${at(RAW)}`,
    '--benchmark_out_format=json',
    `--benchmark_repetitions=${repetitions}`,
    '--benchmark_report_aggregates_only=true',
    '--benchmark_enable_random_interleaving=true',
    `--benchmark_min_time=${REPETITION_S}`,
    ...(filter ? [`--benchmark_filter=${filter}`] : []),
  ];
  const { code } = await run(at('build/release/bin', PROGRAM), args, { show: true });
  if (code !== 0) throw new Error(`${PROGRAM} ended with exit code ${code}`);
  return parseGoogleBenchmark(readFileSync(at(RAW), 'utf8'));
}

async function measureGo({ repetitions }: CoreOptions): Promise<Map<string, Measured>> {
  const go = goCommand();
  if ('problem' in go) throw new Error(go.problem);
  const args = ['test', '-run=^$', '-bench=^BenchmarkEcho1000$', `-count=${repetitions}`];
  const { code, output } = await run(go.path, [...args, '.'], {
    cwd: at('bindings/go'),
    env: go.env,
    onLine: (line) => process.stdout.write(`${line}\n`),
  });
  if (code !== 0) throw new Error(`go test -bench failed\n${output}`);
  return parseGoBenchmark(output);
}

/** @returns how many bars are not met */
export async function benchCore(options: CoreOptions): Promise<number> {
  const native = await measureNative(options);
  if (options.filter) return 0;
  const rows = coreRows(new Map([...native, ...(await measureGo(options))]));
  return conclude(rows, machine(), RESULTS);
}

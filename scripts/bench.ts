// npm run bench:core: measures the core against floors of the same run and writes
// docs/results/core.json.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { coreRows } from './bench/core-rows.js';
import { type Measured, parseGoBenchmark, parseGoogleBenchmark } from './bench/measured.js';
import { parseCommandLine, usageError } from './lib/args.js';
import { configureAndBuild } from './lib/cmake.js';
import { goCommand } from './lib/go.js';
import { at } from './lib/paths.js';
import { endOnSignals, run } from './lib/run.js';
import type { ResultRow } from './readme/figures.js';

/** The Google Benchmark program of cabi/bench. */
const PROGRAM = 'weir_bench';
const RAW = 'build/release/bench-core.json';
const RESULTS = 'docs/results/core.json';

const help = `usage: npm run bench:core [-- [--repetitions <n>] [--filter <regex>] [--check]]

  --repetitions  runs of each benchmark, of which the median counts (default 9)
  --filter       run only these benchmarks, and write no results
  --check        exit code 1 when a bar is not met

Writes ${RESULTS}; npm run readme makes the README's table from it.
`;

interface Wanted {
  repetitions: string;
  filter: string;
  check: boolean;
}

/**
 * Seconds of one repetition; the runs of all benchmarks are mixed, so that each meets the same
 * machine.
 */
const REPETITION_S = 0.15;

async function measureNative({ repetitions, filter }: Wanted): Promise<Map<string, Measured>> {
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

async function measureGo({ repetitions }: Wanted): Promise<Map<string, Measured>> {
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

function machine(): Record<string, string | number> {
  const compiler = execFileSync('c++', ['-dumpfullversion'], { encoding: 'utf8' }).trim();
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release().replace(/-.*/, ''),
    compiler: `g++ ${compiler}`,
  };
}

/** What, bar, measured, placement, met: in columns. */
function table(rows: ResultRow[]): string {
  const lines = [
    ['what', 'bar', 'measured', 'placement', 'met'],
    ...rows.map((row) => [row.what, row.bar, row.measured, row.placement, row.met ? 'yes' : 'NO']),
  ];
  const widths = [0, 1, 2, 3, 4].map((at) =>
    Math.max(...lines.map((line) => line[at]?.length ?? 0)),
  );
  return lines
    .map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function bench(wanted: Wanted): Promise<number> {
  const native = await measureNative(wanted);
  if (wanted.filter) return 0;
  const rows = coreRows(new Map([...native, ...(await measureGo(wanted))]));
  mkdirSync(at('docs/results'), { recursive: true });
  writeFileSync(at(RESULTS), `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
  const missed = rows.filter(({ met }) => !met).length;
  process.stdout.write(`\n${table(rows)}\n\n`);
  process.stdout.write(`${rows.length - missed} bars met, ${missed} not met; wrote ${RESULTS}\n`);
  return missed > 0 && wanted.check ? 1 : 0;
}

const { values, positionals } = parseCommandLine(
  {
    allowPositionals: true,
    options: {
      repetitions: { type: 'string', default: '9' },
      filter: { type: 'string', default: '' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  },
  help,
);
if (positionals.length !== 1 || positionals[0] !== 'core') {
  usageError(`unknown benchmarks: ${positionals.join(' ')}`, help);
}
if (!/^[1-9]\d{0,2}$/.test(values.repetitions)) {
  usageError(`--repetitions: '${values.repetitions}' is not a number from 1 to 999`, help);
}
endOnSignals();
try {
  process.exitCode = await bench(values);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

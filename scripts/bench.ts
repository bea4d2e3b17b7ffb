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

/** The Google Benchmark program of cabi/bench. */
const PROGRAM = 'weir_bench';
const RAW = 'build/release/bench-core.json';
const RESULTS = 'docs/results/core.json';

const help = `usage: npm run bench:core [-- --repetitions <n>] [--filter <regex>]

  --repetitions  runs of each benchmark, of which the median counts (default 5)
  --filter       run only these benchmarks, and write no results

Writes ${RESULTS}; npm run readme makes the README's table from it.
Exit code 1 when a bar is not met.
`;

async function measureNative(repetitions: string, filter: string): Promise<Map<string, Measured>> {
  const built = await configureAndBuild('release', { targets: [PROGRAM], show: true });
  if (built.code !== 0) throw new Error(`${PROGRAM} could not be built`);
  const args = [
    `--benchmark_out=${at(RAW)}`,
    '--benchmark_out_format=json',
    `--benchmark_repetitions=${repetitions}`,
    '--benchmark_report_aggregates_only=true',
    ...(filter ? [`--benchmark_filter=${filter}`] : []),
  ];
  const { code } = await run(at('build/release/bin', PROGRAM), args, { show: true });
  if (code !== 0) throw new Error(`${PROGRAM} ended with exit code ${code}`);
  return parseGoogleBenchmark(readFileSync(at(RAW), 'utf8'));
}

async function measureGo(repetitions: string): Promise<Map<string, Measured>> {
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

async function bench(repetitions: string, filter: string): Promise<number> {
  const native = await measureNative(repetitions, filter);
  if (filter) return 0;
  const rows = coreRows(new Map([...native, ...(await measureGo(repetitions))]));
  mkdirSync(at('docs/results'), { recursive: true });
  writeFileSync(at(RESULTS), `${JSON.stringify({ machine: machine(), rows }, null, 2)}\n`);
  for (const { what, bar, measured, placement, met } of rows) {
    process.stdout.write(
      `${met ? 'met    ' : 'NOT MET'} ${what} [${placement}]: ${measured}; ${bar}\n`,
    );
  }
  const missed = rows.filter(({ met }) => !met).length;
  process.stdout.write(`${rows.length - missed} bars met, ${missed} not met; wrote ${RESULTS}\n`);
  return missed === 0 ? 0 : 1;
}

const { values, positionals } = parseCommandLine(
  {
    allowPositionals: true,
    options: {
      repetitions: { type: 'string', default: '5' },
      filter: { type: 'string', default: '' },
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
  process.exitCode = await bench(values.repetitions, values.filter);
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

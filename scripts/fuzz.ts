// npm run test:fuzz: builds the fuzzers of cabi/fuzz with libFuzzer and the sanitizers, and runs
// each for a time, beginning with its seeds and with what earlier runs found interesting.

import { mkdirSync, readdirSync } from 'node:fs';
import { parseCommandLine, usageError } from './lib/args.js';
import { configureAndBuild } from './lib/cmake.js';
import { at, buildFolder } from './lib/paths.js';
import { endOnSignals, run } from './lib/run.js';

const PRESET = 'fuzz';
const SEEDS = 'cabi/fuzz/corpus';
const SECONDS_DEFAULT = 60;
const INPUT_BYTES_MAX = 1_024;
/** One input that takes longer is a finding. */
const INPUT_SECONDS_MAX = 60;

const fuzzers = readdirSync(at(SEEDS)).sort();

const help = `usage: npm run test:fuzz [-- --seconds <n>] [<fuzzer>...]

Fuzzers: ${fuzzers.join(', ')}. What they find is written to build/${PRESET}/findings; run the
program in build/${PRESET}/bin with that file to see it again.

  --seconds  for each fuzzer; ${SECONDS_DEFAULT} when it is not given
  --help     this text
`;

const { values, positionals } = parseCommandLine(
  {
    allowPositionals: true,
    options: { seconds: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  },
  help,
);
endOnSignals();

const seconds = Number(values.seconds ?? SECONDS_DEFAULT);
if (!Number.isInteger(seconds) || seconds < 1) {
  usageError(`--seconds ${values.seconds}: a whole number of at least 1 is wanted`, help);
}
const unknown = positionals.filter((name) => !fuzzers.includes(name));
if (unknown.length > 0) usageError(`unknown fuzzer: ${unknown.join(', ')}`, help);
const chosen = positionals.length > 0 ? positionals : fuzzers;

if ((await run('clang++-19', ['--version'])).code !== 0) {
  process.stderr.write(
    'clang 19 with libFuzzer is missing: apt-get install clang-19 libclang-rt-19-dev\n',
  );
  process.exit(1);
}
process.stdout.write('building the fuzzers\n');
const built = await configureAndBuild(PRESET, { targets: chosen.map((name) => `fuzz_${name}`) });
if (built.code !== 0) {
  process.stderr.write(built.output);
  process.exit(1);
}

async function passes(name: string): Promise<boolean> {
  const found = `${buildFolder(PRESET)}/findings/${name}`;
  const grown = `${buildFolder(PRESET)}/corpus/${name}`;
  for (const folder of [found, grown]) mkdirSync(folder, { recursive: true });
  const options = [
    `-max_total_time=${seconds}`,
    `-max_len=${INPUT_BYTES_MAX}`,
    `-timeout=${INPUT_SECONDS_MAX}`,
    `-artifact_prefix=${found}/`,
    '-len_control=0', // long sequences from the start
    '-print_final_stats=1',
  ];
  const program = `${buildFolder(PRESET)}/bin/fuzz_${name}`;
  const { code, output } = await run(program, [...options, grown, at(SEEDS, name)]);
  const runs = /number_of_executed_units: (\d+)/.exec(output)?.[1] ?? '0';
  const inputs = Number(runs).toLocaleString('en');
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}: ${inputs} inputs\n`);
  if (code !== 0) process.stdout.write(`${output.split('\n').slice(-60).join('\n')}\n`);
  return code === 0;
}

let failed = 0;
for (const name of chosen) failed += (await passes(name)) ? 0 : 1;
process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

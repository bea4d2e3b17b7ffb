// npm run bench:core, bench:engine, bench:hosts: measure, against what the same run measured of
// floors and of what a user has instead, and write docs/results/<name>.json.

import { benchCore } from './bench/core.js';
import { benchEngine } from './bench/engine.js';
import { benchHosts } from './bench/hosts.js';
import { parseCommandLine, usageError } from './lib/args.js';
import { endOnSignals } from './lib/run.js';

const help = `usage: npm run bench:core   [-- [--repetitions <n>] [--filter <regex>] [--check]]
       npm run bench:engine [-- [--filter <regex>] [--check]]
       npm run bench:hosts  [-- [--repetitions <n>] [--filter <regex>] [--check]]

  --repetitions  runs of each benchmark, of which the median counts (default 9)
  --filter       run only these benchmarks, and write no results
  --check        exit code 1 when a bar is not met

Writes docs/results/core.json, engine.json or hosts.json; npm run readme makes the README's tables
of them.
`;

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
const benchmarks = { core: benchCore, engine: benchEngine, hosts: benchHosts };
const chosen = Object.entries(benchmarks).find(([name]) => name === positionals[0])?.[1];
if (positionals.length !== 1 || chosen === undefined) {
  usageError(`unknown benchmarks: ${positionals.join(' ')}`, help);
}
if (!/^[1-9]\d{0,2}$/.test(values.repetitions)) {
  usageError(`--repetitions: '${values.repetitions}' is not a number from 1 to 999`, help);
}
endOnSignals();
try {
  const missed = await chosen(values);
  process.exitCode = missed > 0 && values.check ? 1 : 0;
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

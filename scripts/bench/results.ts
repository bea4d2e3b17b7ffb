// What a run of benchmarks says in the end: a table, and docs/results/<name>.json.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { at } from '../lib/paths.js';
import { NO_BAR, type ResultRow, verdict } from '../readme/figures.js';

export type Machine = Record<string, string | number>;

export function machine(): Machine {
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
    ...rows.map((row) => [row.what, row.bar, row.measured, row.placement, verdict(row)]),
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

/**
 * @param path where the results go; without one, they are only shown
 * @returns how many bars are not met
 */
export function conclude(rows: ResultRow[], about: Machine, path?: string): number {
  const judged = rows.filter(({ bar }) => bar !== NO_BAR);
  const missed = judged.filter(({ met }) => !met).length;
  process.stdout.write(`\n${table(rows)}\n\n`);
  const counts = `${judged.length - missed} bars met, ${missed} not met`;
  if (path === undefined) {
    process.stdout.write(`${counts}\n`);
    return missed;
  }
  mkdirSync(at('docs/results'), { recursive: true });
  writeFileSync(at(path), `${JSON.stringify({ machine: about, rows }, null, 2)}\n`);
  process.stdout.write(`${counts}; wrote ${path}\n`);
  return missed;
}

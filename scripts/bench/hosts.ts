// npm run bench:hosts: Node and Go programs that use weir, beside the least that a host needs and
// what they have instead.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measurePart } from './engine-programs.js';
import { buildHosts, hostsParts, measureGoBinding } from './hosts-programs.js';
import { hostsRows } from './hosts-rows.js';
import type { Measured } from './measured.js';
import { conclude, machine } from './results.js';

const RESULTS = 'docs/results/hosts.json';

/** A folder for all that the programs make, which goes with this process, also by a signal. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @returns how many bars are not met */
export async function benchHosts({
  filter,
  repetitions,
}: {
  filter: string;
  repetitions: string;
}): Promise<number> {
  process.stdout.write('building\n');
  await buildHosts();
  const env = { TMPDIR: temporaryFolder() };
  const isWanted = (name: string): boolean => new RegExp(filter).test(name);
  const found = new Map<string, Measured>();
  const add = (measured: Map<string, Measured>): void => {
    for (const [name, one] of measured) found.set(name, one);
  };
  for (const part of hostsParts().filter(({ name }) => isWanted(name))) {
    add(await measurePart({ ...part, env }));
  }
  if (isWanted('go/native')) add(await measureGoBinding(Number(repetitions), env));
  const about = { ...machine(), Node: process.version };
  if (filter) return conclude(hostsRows(found, 'measured'), about);
  return conclude(hostsRows(found), about, RESULTS);
}

// npm run bench:engine: the TypeScript engine, by a program in C++ and one in Go, beside what a
// user has instead. Each part is a process of its own, so that it meets no memory of another.

import { execFileSync } from 'node:child_process';
import { at } from '../lib/paths.js';
import { formatterFile } from '../lib/typescript.js';
import { chooseFiles } from './corpus.js';
import { engineNode } from './engine-node.js';
import {
  buildAll,
  FOLDER,
  GO_PROGRAM,
  HTTP_SIDECAR,
  LIBRARY,
  measurePart,
  NATIVE_PROGRAM,
  type Part,
  type Placement,
  SIDECAR,
} from './engine-programs.js';
import { engineRows } from './engine-rows.js';
import type { Measured } from './measured.js';
import { conclude, type Machine, machine } from './results.js';

const RESULTS = 'docs/results/engine.json';

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
    for (const [name, measured] of await measurePart(part)) found.set(name, measured);
  }
  if (filter) return 0;
  return conclude(engineRows(found), about, RESULTS);
}

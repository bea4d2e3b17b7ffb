// npm run bench:hosts: Node and Go programs that use weir, beside the least that a host needs and
// what they have instead.

import { configureAndBuild } from '../lib/cmake.js';
import { goCommand } from '../lib/go.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import {
  buildAll,
  GO_PROGRAM,
  HTTP_SIDECAR,
  LIBRARY,
  measurePart,
  must,
  SIDECAR,
} from './engine-programs.js';
import { hostsRows } from './hosts-rows.js';
import { type Measured, parseGoBenchmark } from './measured.js';
import { conclude, machine } from './results.js';

const RESULTS = 'docs/results/hosts.json';
const NODE_PROGRAM = at('bindings/node/bench/hosts.ts');
const BARE_ADDON = at('build/release/lib/weir_bare.node');

async function buildHosts(): Promise<void> {
  await buildAll();
  await must(
    'the build of the addon',
    configureAndBuild('release', { targets: ['weir_addon', 'weir_bare'] }),
  );
  const packages = ['sdk/tsconfig.build.json', 'bindings/node/tsconfig.build.json'].map((path) =>
    at(path),
  );
  await must(
    'tsc',
    run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-b', ...packages]),
  );
}

async function measureGo(repetitions: string): Promise<Map<string, Measured>> {
  const go = goCommand();
  if ('problem' in go) throw new Error(go.problem);
  const bench = '-bench=^Benchmark(Echo|Bare)(1|64|1000)$';
  const { code, output } = await run(
    go.path,
    ['test', '-run=^$', bench, `-count=${repetitions}`, '-benchtime=0.3s', '.'],
    {
      cwd: at('bindings/go'),
      env: go.env,
      onLine: (line) => process.stdout.write(`${line}\n`),
    },
  );
  if (code !== 0) throw new Error(`go test -bench failed\n${output}`);
  return parseGoBenchmark(output);
}

/** @returns how many bars are not met */
export async function benchHosts({
  filter,
  repetitions,
}: {
  filter: string;
  repetitions: string;
}): Promise<number> {
  await buildHosts();
  const node = ['node', '--import', 'tsx', NODE_PROGRAM, BARE_ADDON, LIBRARY];
  const go = (name: string, sidecar: string) => [GO_PROGRAM, name, 'free', LIBRARY, sidecar];
  const parts = [
    { name: 'node', command: node },
    { name: 'go/echo', command: go('echo', SIDECAR) },
    { name: 'go/http', command: go('http', HTTP_SIDECAR) },
  ];
  const isWanted = (name: string): boolean => new RegExp(filter).test(name);
  const found = new Map<string, Measured>();
  for (const part of parts.filter(({ name }) => isWanted(name))) {
    const measured = await measurePart({ ...part, placement: 'free' });
    for (const [name, one] of measured) found.set(name, one);
  }
  if (isWanted('go/native')) {
    for (const [name, one] of await measureGo(repetitions)) found.set(name, one);
  }
  if (filter) return 0;
  return conclude(hostsRows(found), { ...machine(), Node: process.version }, RESULTS);
}

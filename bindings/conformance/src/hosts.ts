// hosts.ts: how each host is built and started. A host is a program that takes a plan and a library
// and prints one line of JSON for each scenario.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configureAndBuild } from '../../../scripts/lib/cmake.js';
import { goCommand } from '../../../scripts/lib/go.js';
import { at, buildFolder } from '../../../scripts/lib/paths.js';
import { type RunResult, run } from '../../../scripts/lib/run.js';
import type { HostName } from './schema.js';

export interface HostCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
}

export interface Host {
  readonly name: HostName;
  /** As the matrix shows it. */
  readonly title: string;
  /** Make what is to be made; the core and the libraries are there. */
  build(): Promise<RunResult>;
  start(preset: string, plan: string, library: string): HostCommand;
}

const HERE = 'bindings/conformance/hosts';
const nothingToBuild = async (): Promise<RunResult> => ({ code: 0, output: '' });

const cHost = (delivery: 'callback' | 'queue' | 'direct'): Host => ({
  name: `c-${delivery}`,
  title: `C, ${delivery}`,
  build: nothingToBuild,
  start: (preset, plan, library) => ({
    command: join(buildFolder(preset), 'bin/conformance_host'),
    args: [plan, library, delivery],
  }),
});

const python: Host = {
  name: 'python',
  title: 'Python',
  build: nothingToBuild,
  start: (preset, plan, library) => ({
    command: 'python3',
    args: ['-B', at(HERE, 'python/host.py'), core(preset), plan, library],
  }),
};

const core = (preset: string): string => join(buildFolder(preset), 'lib/libweir.so.0');

const goProgram = at('build/release/bin/conformance-go');

const go: Host = {
  name: 'go',
  title: 'Go',
  async build() {
    const found = goCommand();
    if ('problem' in found) return { code: 1, output: `${found.problem}\n` };
    return run(found.path, ['build', '-o', goProgram, '.'], {
      cwd: at(HERE, 'go'),
      env: found.env,
    });
  },
  start: (_preset, plan, library) => ({ command: goProgram, args: [plan, library] }),
};

/** The packages as users have them: compiled, and found by their names. */
const buildNodePackages = async (): Promise<RunResult> => {
  const addon = await configureAndBuild('release', { targets: ['weir_addon'] });
  if (addon.code !== 0) return addon;
  return run(process.execPath, [
    at('node_modules/typescript/bin/tsc'),
    ...['-b', 'bindings/node/tsconfig.build.json'],
  ]);
};

const nodeHost = (transport: 'addon' | 'koffi'): Host => ({
  name: `node-${transport}`,
  title: `Node, ${transport}`,
  build: buildNodePackages,
  start: (preset, plan, library) => ({
    command: process.execPath,
    args: [
      '--import',
      import.meta.resolve('tsx'),
      at(HERE, 'node/main.ts'),
      plan,
      library,
      transport,
    ],
    env: {
      WEIR_ADDON: join(buildFolder(preset), 'lib/weir_addon.node'),
      WEIR_LIBRARY_PATH: core(preset),
    },
  }),
});

const all: Host[] = [
  ...[cHost('callback'), cHost('queue'), cHost('direct'), python, go],
  ...[nodeHost('addon'), nodeHost('koffi')],
];

/** Those whose programs are there. */
export const hosts: readonly Host[] = all.filter(({ name }) =>
  existsSync(at(HERE, name.split('-')[0] ?? '')),
);

// The long step that runs the C host of the conformance suite, its core and its libraries under the
// address and undefined behaviour sanitizers: every delivery, the native library over the build
// without the engine, the one in TypeScript over the build that has it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  availableLibraries,
  buildNative,
  buildTypescriptLibrary,
} from '../../bindings/conformance/src/artifacts.js';
import { hosts } from '../../bindings/conformance/src/hosts.js';
import { loadSuite } from '../../bindings/conformance/src/load.js';
import type { LibraryKind } from '../../bindings/conformance/src/schema.js';
import { runSuite } from '../../bindings/conformance/src/suite.js';
import { configureAndBuild } from '../lib/cmake.js';
import type { RunResult } from '../lib/run.js';
import { countPair } from './conformance.js';
import { ASAN_ENVIRONMENT } from './native.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

const PRESETS: Record<LibraryKind, string> = { native: 'asan', typescript: 'asan-engine' };

async function build(library: LibraryKind): Promise<RunResult> {
  const preset = PRESETS[library];
  const host = await buildNative(preset);
  if (host.code !== 0 || library === 'native') return host;
  const engine = await configureAndBuild(preset, { targets: ['weir_node'] });
  return engine.code === 0 ? buildTypescriptLibrary() : engine;
}

async function runOver(library: LibraryKind, context: StepContext): Promise<Counts> {
  context.progress(`building for the ${library} library`);
  const built = await build(library);
  if (built.code !== 0) {
    context.print(`${built.output.trimEnd()}\nthe ${PRESETS[library]} build failed`);
    return one(false);
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-conformance-'));
  const chosen = hosts.filter(({ name }) => name.startsWith('c-'));
  try {
    const outcomes = await runSuite(loadSuite(), {
      preset: PRESETS[library],
      folder,
      env: ASAN_ENVIRONMENT,
      pairs: chosen.map((host) => ({ host, library })),
      onEnd: ({ host, problems }) => {
        context.progress(`${host.title}, ${library}`);
        for (const problem of problems) context.print(`${host.title}, ${library}: ${problem}`);
      },
    });
    return sum(outcomes.map(countPair));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sanitized(context: StepContext): Promise<Counts> {
  // The library in TypeScript is made by the release.
  const release = await configureAndBuild('release');
  if (release.code !== 0) {
    context.print(`${release.output.trimEnd()}\nthe release build failed`);
    return one(false);
  }
  const libraries = availableLibraries();
  if (!libraries.includes('typescript')) {
    context.print('the TypeScript library was left out, since libnode is not there');
  }
  const counts: Counts[] = [];
  for (const library of libraries) counts.push(await runOver(library, context));
  return sum(counts);
}

export const asanConformanceSteps: Step[] = [
  {
    name: 'conformance: C host, address and undefined behaviour sanitizers',
    groups: ['asan-conformance'],
    long: true,
    run: sanitized,
  },
];

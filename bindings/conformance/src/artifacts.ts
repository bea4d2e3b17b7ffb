// artifacts.ts: what the hosts run over: the core, the two libraries, and files that are none.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configureAndBuild } from '../../../scripts/lib/cmake.js';
import { at, buildFolder } from '../../../scripts/lib/paths.js';
import { type RunResult, run } from '../../../scripts/lib/run.js';
import { buildSdk, hasEngine } from '../../../scripts/lib/typescript.js';
import { writeClients } from './clients.js';
import type { LibraryKind } from './schema.js';

const typescriptLibrary = at('build/release/conformance/conformance.weir');

export const libraryPath = (preset: string, kind: LibraryKind): string =>
  kind === 'native' ? join(buildFolder(preset), 'lib/libconformance.so') : typescriptLibrary;

/** The native side of a preset: core, library and the C host. */
export const buildNative = (preset: string): Promise<RunResult> =>
  configureAndBuild(preset, {
    targets: [
      ...['weir', 'conformance', 'conformance_host'],
      ...(preset === 'release' ? ['main_job'] : []),
    ],
  });

/** The libraries that there are: the TypeScript one only where its engine is built. */
export const availableLibraries = (): LibraryKind[] =>
  hasEngine() ? ['native', 'typescript'] : ['native'];

export async function buildTypescriptLibrary(): Promise<RunResult> {
  const sdk = await buildSdk(false);
  if (sdk.code !== 0) return sdk;
  mkdirSync(at('build/release/conformance'), { recursive: true });
  const args = [at('sdk/bin/weir.js'), 'build', 'src/library.ts', '--out', typescriptLibrary];
  return run(process.execPath, args, { cwd: at('bindings/conformance/library/typescript') });
}

/** Files that no host can open as a library, and what clients know. */
export function writeFixtures(folder: string, kinds: readonly LibraryKind[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'text.so'), 'This is a text.\n');
  writeFileSync(join(folder, 'empty.weir'), '');
  writeClients(folder);
  if (!kinds.includes('typescript')) return;
  const whole = readFileSync(typescriptLibrary);
  writeFileSync(join(folder, 'cut.weir'), whole.subarray(0, whole.length - 1000));
  const damaged = Buffer.from(whole);
  const middle = Math.floor(damaged.length / 2);
  damaged[middle] = (damaged[middle] ?? 0) ^ 1;
  writeFileSync(join(folder, 'damaged.weir'), damaged);
}

// The TypeScript side of the project: the sdk's dist, and the formatter, a library made with it.

import { existsSync } from 'node:fs';
import { at } from './paths.js';
import { type RunResult, run } from './run.js';

export const formatterFile = at('examples/formatter/dist/formatter.weir');
/** The engine of TypeScript libraries, as a release build makes it where libnode is found. */
export const engineLibrary = at('build/release/lib/libweir_node.so');

/** Compile the sdk, whose dist the `weir` command and libraries import. Quick when it is fresh. */
export const buildSdk = (show: boolean): Promise<RunResult> =>
  run(process.execPath, [at('node_modules/typescript/bin/tsc'), '-b', 'tsconfig.build.json'], {
    cwd: at('sdk'),
    show,
  });

/**
 * Make formatter.weir, with a code cache where the engine is built. The sdk must be built, and the
 * release of the core if there is to be a cache.
 */
export const buildFormatter = (show: boolean): Promise<RunResult> =>
  run(process.execPath, [at('sdk/bin/weir.js'), 'build', '--minify'], {
    cwd: at('examples/formatter'),
    show,
  });

/** Where the client of the formatter is, that the Go host has. */
export const formatterClient = at('examples/go-host/formatterclient');

/** Write the formatter's Go client into a folder. The library file must be there. */
export const generateClient = (folder: string): Promise<RunResult> =>
  run(process.execPath, [
    ...[at('sdk/bin/weir.js'), 'generate', '--target', 'go', '--package', 'formatterclient'],
    ...['--out', folder, formatterFile],
  ]);

/** Both, in order; the result is that of the first that failed. */
export async function buildTypeScript(show: boolean): Promise<RunResult> {
  const sdk = await buildSdk(show);
  return sdk.code === 0 ? buildFormatter(show) : sdk;
}

export const hasEngine = (): boolean => existsSync(engineLibrary);

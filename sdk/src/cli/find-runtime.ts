/**
 * Finds weir's native side: a folder with bin/weir_run and lib/libweir.so.
 *
 * Looked at in this order: the option --runtime, the environment's WEIR_RUNTIME, and the release
 * build of the checkout that this command itself is from.
 */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from './errors.js';
import type { Io } from './io.js';

export interface RuntimeFolder {
  readonly folder: string;
  /** The program. */
  readonly run: string;
  /** Who named it, for messages. */
  readonly from: '--runtime' | 'WEIR_RUNTIME' | 'checkout';
}

export const RUNTIME_HINT =
  'in a checkout of weir: npm run build; elsewhere set WEIR_RUNTIME to a folder with bin/weir_run';

/** The folder of @weir-ffi/sdk: above src/cli as above dist/cli. */
export const sdkFolder = (): string => fileURLToPath(new URL('../..', import.meta.url));

const program = (folder: string): string => join(folder, 'bin', 'weir_run');

/**
 * @returns undefined when nobody named one and there is no checkout with a build
 * @throws CliError ERR_WEIR_RUNTIME_MISSING when the folder that was named has none
 */
export function findRuntime(io: Io, option?: string): RuntimeFolder | undefined {
  const named = option ?? io.env.WEIR_RUNTIME;
  if (named !== undefined && named !== '') {
    const folder = resolve(io.cwd, named);
    const from = option === undefined ? 'WEIR_RUNTIME' : '--runtime';
    if (!existsSync(program(folder))) {
      throw new CliError('ERR_WEIR_RUNTIME_MISSING', `${from}: there is no ${program(folder)}`, {
        hint: RUNTIME_HINT,
      });
    }
    return { folder, run: program(folder), from };
  }
  const folder = resolve(sdkFolder(), '..', 'build', 'release');
  return existsSync(program(folder))
    ? { folder, run: program(folder), from: 'checkout' }
    : undefined;
}

/** As findRuntime, for commands that cannot do without. */
export function requireRuntime(io: Io, option?: string): RuntimeFolder {
  const found = findRuntime(io, option);
  if (found) return found;
  throw new CliError('ERR_WEIR_RUNTIME_MISSING', 'weir_run was not found', { hint: RUNTIME_HINT });
}

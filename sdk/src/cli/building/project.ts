/**
 * Finds what to build: the project's folder, its package.json, and the entry of the library.
 */

import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { CliError, messageOf } from '../errors.js';

export const DEFAULT_ENTRY = 'src/library.ts';

export interface Project {
  /** Where package.json is, or the current folder without one; symbolic links resolved. */
  readonly root: string;
  /** Absolute; symbolic links resolved. */
  readonly entry: string;
  /** What package.json says under "weir". */
  readonly settings: ProjectSettings;
}

export interface ProjectSettings {
  readonly entry?: string;
  readonly memory?: { readonly heapMiB?: number };
}

/** The nearest folder at or above `from` that has a package.json. */
export function packageRoot(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function readSettings(root: string): ProjectSettings {
  const path = join(root, 'package.json');
  if (!existsSync(path)) return {};
  let settings: unknown;
  try {
    settings = (JSON.parse(readFileSync(path, 'utf8')) as { weir?: unknown } | null)?.weir;
  } catch (error) {
    throw new CliError('ERR_WEIR_PACKAGE_JSON', `package.json: ${messageOf(error)}`);
  }
  if (settings === undefined) return {};
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new CliError('ERR_WEIR_PACKAGE_JSON', 'package.json: "weir" must be an object');
  }
  const { entry } = settings as { entry?: unknown };
  if (entry !== undefined && typeof entry !== 'string') {
    throw new CliError('ERR_WEIR_PACKAGE_JSON', 'package.json: "weir.entry" must be a path');
  }
  return settings as ProjectSettings;
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** @throws CliError ERR_WEIR_NO_ENTRY, ERR_WEIR_PACKAGE_JSON */
export function findProject(cwd: string, argument?: string): Project {
  const start = argument === undefined ? cwd : dirname(resolve(cwd, argument));
  const root = packageRoot(start) ?? cwd;
  const settings = readSettings(root);
  const entry =
    argument === undefined
      ? resolve(root, settings.entry ?? DEFAULT_ENTRY)
      : resolve(cwd, argument);
  if (!isFile(entry)) {
    const from = argument === undefined && settings.entry !== undefined;
    throw new CliError('ERR_WEIR_NO_ENTRY', `there is no ${relative(cwd, entry)}`, {
      hint: from
        ? 'package.json names it under "weir.entry"'
        : 'name the file: weir build src/library.ts, or set "weir": {"entry": …} in package.json',
    });
  }
  return { root: realpathSync(root), entry: realpathSync(entry), settings };
}

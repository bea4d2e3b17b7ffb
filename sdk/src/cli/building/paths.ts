/**
 * The names by which a bundle and its source map call the modules in them.
 *
 * Guarantee: a name says which package a module is from and where it is in it, never where that
 * package is on this machine. So two machines with the same files make the same bundle.
 */

import { readFileSync } from 'node:fs';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { packageRoot } from './project.js';

const toPosix = (path: string): string => path.split(sep).join('/');

function packageName(root: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      name?: unknown;
    };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param path relative to `root`, as esbuild names an input
 */
export function moduleName(root: string, path: string): string {
  const [, space = '', file = ''] = /^((?:\([a-z]+\)|[a-z-]{2,}):)?(.*)$/s.exec(path) ?? [];
  const clean = toPosix(file);
  const packages = clean.indexOf('node_modules/');
  if (packages >= 0) return space + clean.slice(packages);
  if (!clean.startsWith('../') && !isAbsolute(file)) return space + clean;
  const absolute = isAbsolute(file) ? file : join(root, file);
  const home = packageRoot(absolute);
  const name = home === undefined ? undefined : packageName(home);
  if (home === undefined || name === undefined) return `${space}outside/${posix.basename(clean)}`;
  return `${space}node_modules/${name}/${toPosix(relative(home, absolute))}`;
}

/** Rename modules in what esbuild writes: a comment before each, and a key of each CommonJS one. */
export function renameModules(code: string, names: ReadonlyMap<string, string>): string {
  return code.replace(
    /^(\s*\/\/ |\s*")(.+?)(?=$|"\(\w+)/gm,
    (match, lead: string, path: string) => {
      const name = names.get(path);
      return name === undefined ? match : lead + name;
    },
  );
}

// The files of the project: those that git tracks and those that it would track.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { at, root } from './paths.js';

/**
 * Paths relative to the root, sorted. New files count before they are committed; ignored ones never
 * do.
 */
export function projectFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8' },
  );
  return [...new Set(listed.split('\0'))]
    .filter((path) => path !== '' && existsSync(at(path)))
    .sort();
}

export const isNative = (path: string): boolean => /\.(c|h|cpp|hpp)$/.test(path);
export const isGo = (path: string): boolean => path.endsWith('.go');
export const isScript = (path: string): boolean => /\.(ts|mjs|js)$/.test(path);

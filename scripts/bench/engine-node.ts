// The Node program of the same version as the engine, so that the same V8 is compared with itself.
// Debian's package of it is a few kilobytes beside the libnode that is there already.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { at } from '../lib/paths.js';

const FOLDER = '.deps/engine-node';

/** Environment in which `node` is that program. */
export type EngineNode = { PATH: string; LD_LIBRARY_PATH: string };

function unpack(version: string): boolean {
  const candidates = spawnSync('apt-cache', ['madison', 'nodejs'], { encoding: 'utf8' });
  const full = (candidates.stdout ?? '')
    .split('\n')
    .map((line) => line.split('|')[1]?.trim() ?? '')
    .find((candidate) => candidate.startsWith(version));
  if (full === undefined) return false;
  mkdirSync(at(FOLDER), { recursive: true });
  const cwd = at(FOLDER);
  if (spawnSync('apt-get', ['download', `nodejs=${full}`], { cwd }).status !== 0) return false;
  const file = readdirSync(cwd).find((name) => name.endsWith('.deb'));
  return file !== undefined && spawnSync('dpkg', ['-x', file, '.'], { cwd }).status === 0;
}

/** @returns undefined where it cannot be had */
export function engineNode(version: string): EngineNode | undefined {
  const program = at(FOLDER, 'usr/bin/node');
  const libraries = at('.deps/libnode/usr/lib');
  const folders = existsSync(libraries) ? readdirSync(libraries) : [];
  const environment = {
    PATH: `${dirname(program)}:${process.env.PATH ?? ''}`,
    LD_LIBRARY_PATH: folders.map((name) => join(libraries, name)).join(':'),
  };
  const isThere = () => {
    try {
      const env = { ...process.env, ...environment };
      return execFileSync(program, ['--version'], { encoding: 'utf8', env }).includes(version);
    } catch {
      return false;
    }
  };
  if (isThere()) return environment;
  rmSync(at(FOLDER), { recursive: true, force: true });
  return unpack(version) && isThere() ? environment : undefined;
}

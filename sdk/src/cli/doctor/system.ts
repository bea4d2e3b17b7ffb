/** system.ts: what doctor asks the system. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Io } from '../io.js';

/** Longer than any `--version` takes. */
const TIMEOUT_MS = 10_000;

/** Standard output of a program, or undefined when it is not there or fails. */
export function outputOf(io: Io, command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...io.env, LC_ALL: 'C' },
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

/** The package that has libnode, by what /etc/os-release says. */
export function libnodePackage(release: string): string {
  const field = (name: string) =>
    new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? '';
  const version = field('VERSION_ID');
  switch (field('ID')) {
    case 'debian':
      if (version === '12') return 'apt-get install libnode108';
      if (version === '13') return 'apt-get install libnode115';
      return 'apt-cache search "^libnode[0-9]+$" names the package of this release';
    case 'ubuntu':
      if (version === '24.04') return 'apt-get install libnode109';
      return 'apt-cache search "^libnode[0-9]+$" names the package of this release';
    case 'fedora':
      return 'dnf install nodejs-libs';
    default:
      return (
        'Debian 12: libnode108, Debian 13: libnode115, Ubuntu 24.04: libnode109, ' +
        'Fedora: nodejs-libs'
      );
  }
}

/** @returns what this system calls itself; empty where it does not say */
export function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

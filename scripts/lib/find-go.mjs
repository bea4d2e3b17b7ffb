// Finds a Go that is new enough. Plain JavaScript: bootstrap runs it before anything is installed.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Below this, a callback from a C thread into Go costs twenty times more, and cgo lacks what the
 * binding uses.
 */
export const GO_MINOR_MIN = 21;

/** Debian installs each Go release in a folder of its own and leaves it out of PATH. */
const DEBIAN_GO_PARENT = '/usr/lib';

/** @returns {string[]} candidates: PATH first, then the usual folders, newest first */
function goCandidates() {
  const fromPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'go'));
  const debian = existsSync(DEBIAN_GO_PARENT)
    ? readdirSync(DEBIAN_GO_PARENT)
        .filter((name) => /^go-1\.\d+$/.test(name))
        .sort((a, b) => Number(b.slice(5)) - Number(a.slice(5)))
        .map((name) => join(DEBIAN_GO_PARENT, name, 'bin/go'))
    : [];
  return [...fromPath, '/usr/local/go/bin/go', ...debian].filter((path) => existsSync(path));
}

/**
 * @param {string} path
 * @returns {{ path: string, version: string, minor: number } | undefined}
 */
function inspectGo(path) {
  try {
    const text = execFileSync(path, ['version'], {
      encoding: 'utf8',
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
    const match = /go(1\.(\d+)\S*)/.exec(text);
    return match ? { path, version: String(match[1]), minor: Number(match[2]) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @returns {{ go: { path: string, version: string } | undefined, tooOld: string[] }} the first that
 * is new enough,
 *   and the versions that were passed over
 */
export function findGo() {
  /** @type {string[]} */
  const tooOld = [];
  for (const path of goCandidates()) {
    const found = inspectGo(path);
    if (found && found.minor >= GO_MINOR_MIN) return { go: found, tooOld };
    if (found) tooOld.push(`${found.version} at ${path}`);
  }
  return { go: undefined, tooOld };
}

// Compiles the sdk, so that `npx weir` runs and libraries can import it.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Written when the sdk was compiled; tsc leaves its own notes alone when nothing changed. */
const STAMP = 'sdk/dist/.weir-stamp';

/**
 * @param {string} folder
 * @returns {number} when something in it changed last, in milliseconds
 */
function newest(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const times = entries.map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
  });
  return Math.max(statSync(folder).mtimeMs, ...times);
}

/** @returns {boolean} whether the sdk was compiled after its last change */
export function sdkIsFresh() {
  return existsSync(STAMP) && statSync(STAMP).mtimeMs >= newest('sdk/src');
}

/**
 * What does not compile is told, and does not stop the rest: tests say more about it.
 *
 * @param {(text: string) => void} say
 */
export function buildSdk(say) {
  say('compiling the sdk');
  const tsc = 'node_modules/typescript/bin/tsc';
  const done = spawnSync(process.execPath, [tsc, '-b', 'sdk/tsconfig.build.json'], {
    stdio: 'inherit',
  });
  if (done.status === 0) writeFileSync(STAMP, '');
  else say('the sdk does not compile; without it: no weir command');
}

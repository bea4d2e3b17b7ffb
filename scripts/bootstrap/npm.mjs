// Installs the npm packages of package-lock.json, and notes its hash so that the next look is
// quick.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const STAMP = 'node_modules/.weir-stamp';

function wantedStamp() {
  const hash = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

/** @returns {boolean} whether node_modules was installed from this package-lock.json */
export function nodeModulesAreFresh() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wantedStamp();
}

/**
 * @param {(text: string) => void} say
 * @returns {boolean}
 */
export function installNodeModules(say) {
  // No package here needs its install script, so none is run.
  const common = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  say('npm ci');
  // What it says is kept back: npm 11 refuses a lock that lacks packages of other platforms, in a
  // hundred lines, and install takes the same versions from it.
  let done = spawnSync('npm', ['ci', ...common], { stdio: 'pipe' }).status === 0;
  if (!done) {
    say('npm ci refuses the lock; npm install with its versions');
    done = spawnSync('npm', ['install', '--no-save', ...common], { stdio: 'inherit' }).status === 0;
  }
  if (done) writeFileSync(STAMP, wantedStamp());
  else say('the npm packages could not be installed; without them: no npm script works');
  return done;
}

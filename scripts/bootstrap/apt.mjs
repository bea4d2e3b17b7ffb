// Installs Debian packages, and a Go from Debian's backports where the release's own is too old.

import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GO_MINOR_MIN } from '../lib/find-go.mjs';
import { onPath } from './needs.mjs';

/** @typedef {import('./needs.mjs').Need} Need */
/** @typedef {(text: string) => void} Say */

const BACKPORTS_FILE = '/etc/apt/sources.list.d/weir-backports.sources';

/**
 * What a user types when we may not; the Go package depends on the release and is named in words.
 */
const GO_PACKAGE_WORDS = `golang-1.${GO_MINOR_MIN}-go (or later, from backports)`;

/** @param {Need[]} missing */
function manualCommand(missing) {
  const packages = missing.flatMap((need) =>
    need.packages.length ? need.packages : [GO_PACKAGE_WORDS],
  );
  return `apt-get install ${packages.join(' ')}`;
}

/**
 * How packages can be installed here: as root, or with sudo.
 *
 * @returns {{ possible: boolean, reason: string, prefix: string[], command: (missing: Need[]) =>
 * string }}
 */
export function planInstall() {
  const base = { reason: '', prefix: /** @type {string[]} */ ([]), command: manualCommand };
  if (!onPath('apt-get')) return { ...base, possible: false, reason: 'there is no apt-get here' };
  if (process.getuid?.() === 0) return { ...base, possible: true };
  if (!onPath('sudo'))
    return { ...base, possible: false, reason: 'not root, and there is no sudo' };
  // Without a terminal sudo must not ask: it would wait for ever in CI.
  const prefix = process.stdin.isTTY ? ['sudo'] : ['sudo', '-n'];
  return { ...base, possible: true, prefix };
}

/**
 * @param {string[]} prefix
 * @param {string[]} args
 * @returns {boolean} whether apt-get succeeded
 */
export function aptGet(prefix, args) {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  const [command, ...rest] = [...prefix, ...environment, 'apt-get', '-qq', ...args];
  return spawnSync(String(command), rest, { stdio: 'inherit' }).status === 0;
}

/**
 * Unpack a package file without installing it.
 *
 * @param {string[]} prefix
 * @param {string} file
 * @param {string} root
 * @returns {boolean} whether all of it is there
 */
export function dpkgExtract(prefix, file, root) {
  const [command, ...rest] = [...prefix, 'dpkg', '-x', file, root];
  return spawnSync(String(command), rest, { stdio: 'inherit' }).status === 0;
}

/** @returns {string | undefined} the newest Go package that apt knows and that is new enough */
function newestGoPackage() {
  const listed =
    spawnSync('apt-cache', ['pkgnames', 'golang-1.'], { encoding: 'utf8' }).stdout ?? '';
  const minors = [...listed.matchAll(/^golang-1\.(\d+)-go$/gm)].map((match) => Number(match[1]));
  const newest = Math.max(0, ...minors);
  return newest >= GO_MINOR_MIN ? `golang-1.${newest}-go` : undefined;
}

/**
 * The mirror and release name that this machine already uses, so that no host is written down here.
 */
function debianSource() {
  const format = ['--format', '$(REPO_URI) $(CODENAME) $(COMPONENT)', 'Created-By: Packages'];
  const listed =
    spawnSync('apt-get', ['indextargets', ...format], { encoding: 'utf8' }).stdout ?? '';
  for (const line of listed.split('\n')) {
    const [uri, codename, component] = line.split(' ');
    if (uri && codename && component === 'main' && /^[a-z]+$/.test(codename))
      return { uri, codename };
  }
  return undefined;
}

/**
 * @param {string[]} prefix
 * @param {Say} say
 */
function addBackports(prefix, say) {
  const source = debianSource();
  if (!source) {
    say('cannot tell which Debian mirror this machine uses, so backports were not added');
    return false;
  }
  say(`adding ${source.codename}-backports in ${BACKPORTS_FILE}`);
  const text = [
    'Types: deb',
    `URIs: ${source.uri}`,
    `Suites: ${source.codename}-backports`,
    'Components: main',
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
    '',
  ].join('\n');
  const draft = join(tmpdir(), `weir-backports-${process.pid}.sources`);
  writeFileSync(draft, text);
  const [command, ...rest] = [...prefix, 'install', '-m', '644', draft, BACKPORTS_FILE];
  const done = spawnSync(String(command), rest, { stdio: 'inherit' }).status === 0;
  rmSync(draft, { force: true });
  return done && aptGet(prefix, ['update']);
}

/**
 * @param {string[]} prefix
 * @param {Say} say
 */
function installGo(prefix, say) {
  const found = newestGoPackage() ?? (addBackports(prefix, say) ? newestGoPackage() : undefined);
  if (!found) {
    say('no Debian package of a new enough Go was found');
    return;
  }
  say(`installing ${found}`);
  const done = aptGet(prefix, ['install', '-y', '--no-install-recommends', found]);
  if (!done) say(`${found} could not be installed`);
}

/**
 * All but libnode, which has a file of its own.
 *
 * @param {Need[]} missing
 * @param {{ prefix: string[] }} plan
 * @param {Say} say
 */
export function installPackages(missing, plan, say) {
  const { prefix } = plan;
  say('apt-get update');
  if (!aptGet(prefix, ['update']))
    say('apt-get update failed; trying with the lists that are here');
  for (const need of missing.filter((one) => one.install !== 'libnode')) {
    if (need.install === 'go') {
      installGo(prefix, say);
      continue;
    }
    say(`installing ${need.packages.join(' ')}`);
    const done = aptGet(prefix, ['install', '-y', '--no-install-recommends', ...need.packages]);
    if (!done) say(`${need.packages.join(' ')} could not be installed`);
  }
}

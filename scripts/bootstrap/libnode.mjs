// Gets libnode, the Node library that the TypeScript engine links, from the distribution.
//
// Where `apt-get install libnode-dev` works without removing anything, that is what is done. Where
// another nodejs package stands in its way, the two packages are unpacked into .deps/libnode, which
// git ignores, and what they depend on is installed: libnode looks for its built-in modules under
// /usr/share/nodejs and ends the process where one of them is not there.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { aptGet, dpkgExtract } from './apt.mjs';

/** @typedef {import('./apt.mjs').Say} Say */
/** @typedef {{ root: string, library: string, abi: number }} Libnode */

/** Where packages are unpacked that cannot be installed; below the root of the project. */
const UNPACKED = '.deps/libnode';
/** What a Debian libnode reads when it starts, by the package that brings it. */
const DEBIAN_BUILTINS = {
  'node-acorn': '/usr/share/nodejs/acorn/dist/acorn.js',
  'node-cjs-module-lexer': '/usr/share/nodejs/cjs-module-lexer/lexer.js',
  'node-undici': '/usr/share/nodejs/undici/undici-fetch.js',
};

/** @param {string} folder */
const names = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/**
 * The number that names both the SONAME and the C++ ABI.
 *
 * @param {string} root
 * @returns {number | undefined} of the headers below `root`
 */
function headerAbi(root) {
  const header = join(root, 'usr/include/node/node_version.h');
  if (!existsSync(header) || !existsSync(join(root, 'usr/include/node/node.h'))) return undefined;
  const match = /define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(header, 'utf8'));
  return match ? Number(match[1]) : undefined;
}

/**
 * @param {string} root
 * @returns {Libnode | undefined}
 */
function libnodeBelow(root) {
  const abi = headerAbi(root);
  if (abi === undefined) return undefined;
  const wanted = `libnode.so.${abi}`;
  const base = join(root, 'usr/lib');
  const folders = [base, join(root, 'usr/lib64'), ...names(base).map((name) => join(base, name))];
  for (const folder of folders) {
    const library = join(folder, wanted);
    if (existsSync(library)) return { root, library, abi };
  }
  return undefined;
}

/** @returns {Libnode | undefined} the library with headers that fit it, as CMake finds it too */
export function findLibnode() {
  return libnodeBelow(resolve(UNPACKED)) ?? libnodeBelow('/');
}

/** @param {Libnode} libnode */
function lacksLibraries(libnode) {
  const listed = spawnSync('ldd', [libnode.library], { encoding: 'utf8' });
  return listed.status !== 0 || listed.stdout.includes('not found');
}

/** @returns {boolean} whether the engine can be built and started */
export function hasLibnode() {
  const libnode = findLibnode();
  const headers = ['/usr/include/uv.h', '/usr/include/openssl/ssl.h'];
  if (!libnode || !headers.every((path) => existsSync(path))) return false;
  const debian = existsSync('/etc/debian_version');
  if (debian && !Object.values(DEBIAN_BUILTINS).every((path) => existsSync(path))) return false;
  return !lacksLibraries(libnode);
}

/** @param {string} name */
function dependencies(name) {
  const args = ['depends', '--no-recommends', '--no-suggests', '--no-conflicts', '--no-breaks'];
  const listed = spawnSync('apt-cache', [...args, '--no-replaces', '--no-enhances', name], {
    encoding: 'utf8',
  });
  return [...(listed.stdout ?? '').matchAll(/^ {2}Depends: ([a-z0-9][a-z0-9.+-]*)$/gm)].map(
    (match) => String(match[1]),
  );
}

/** @param {string} name */
function isInstalled(name) {
  const status = spawnSync('dpkg', ['-s', name], { encoding: 'utf8' });
  return status.status === 0 && /^Status: install ok installed$/m.test(status.stdout);
}

/**
 * @param {string[]} packages
 * @returns {boolean} whether apt would install them and remove nothing
 */
function wouldInstall(packages) {
  const args = ['install', '-s', '--no-install-recommends', ...packages];
  const simulated = spawnSync('apt-get', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return simulated.status === 0 && !/^Remv /m.test(simulated.stdout);
}

/**
 * Download packages and unpack them below `root`; needs no rights but those to write there.
 *
 * @param {string[]} prefix
 * @param {string[]} packages
 * @param {string} root
 */
function unpack(prefix, packages, root) {
  const downloads = resolve('.deps/download');
  rmSync(downloads, { recursive: true, force: true });
  mkdirSync(downloads, { recursive: true });
  // With apt's sandbox user the download warns about folders that this user cannot enter.
  const download = spawnSync(
    'apt-get',
    ['-qq', '-o', 'APT::Sandbox::User=root', 'download', ...packages],
    { cwd: downloads, stdio: 'inherit' },
  );
  const files = names(downloads).filter((name) => name.endsWith('.deb'));
  const done =
    download.status === 0 &&
    files.length === packages.length &&
    files.every((file) => dpkgExtract(prefix, join(downloads, file), root));
  rmSync(downloads, { recursive: true, force: true });
  return done;
}

/**
 * What libnode depends on: by apt, and where apt refuses a package of plain files, unpacked into
 * the place where libnode looks for it.
 *
 * @param {string[]} packages
 * @param {string[]} prefix
 * @param {Say} say
 */
function installDependencies(packages, prefix, say) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends'];
  say(`installing what libnode depends on: ${missing.join(' ')}`);
  if (wouldInstall(missing) && aptGet(prefix, [...install, ...missing])) return;
  for (const name of missing) {
    if (wouldInstall([name]) && aptGet(prefix, [...install, name])) continue;
    const builtin = DEBIAN_BUILTINS[/** @type {keyof typeof DEBIAN_BUILTINS} */ (name)];
    if (builtin === undefined) say(`${name} could not be installed`);
    else if (existsSync(builtin)) continue;
    else if (unpack(prefix, [name], '/')) say(`apt refuses ${name}: its files were unpacked`);
    else say(`${name} could not be unpacked`);
  }
}

/**
 * @param {string} library
 * @param {Say} say
 */
function unpackLibnode(library, say) {
  const draft = `${UNPACKED}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  say(`unpacking ${library} and libnode-dev into ${UNPACKED}`);
  if (!unpack([], [library, 'libnode-dev'], draft)) {
    rmSync(draft, { recursive: true, force: true });
    say(`${library} and libnode-dev could not be downloaded`);
    return false;
  }
  rmSync(UNPACKED, { recursive: true, force: true });
  renameSync(draft, UNPACKED);
  return true;
}

/**
 * @param {{ possible: boolean, prefix: string[] }} plan when not possible, only what needs no
 * rights of root is done
 * @param {Say} say
 */
export function installLibnode(plan, say) {
  const needed = dependencies('libnode-dev');
  const library = needed.find((name) => /^libnode\d+/.test(name));
  if (library === undefined) {
    say('apt knows no libnode-dev here');
    return;
  }
  const install = ['install', '-y', '--no-install-recommends', 'libnode-dev'];
  if (plan.possible && wouldInstall(['libnode-dev'])) {
    say(`installing libnode-dev with ${library}`);
    if (aptGet(plan.prefix, install)) return;
  } else if (plan.possible) {
    say('apt cannot install libnode-dev beside the nodejs package that is here');
  }
  if (findLibnode() === undefined && !unpackLibnode(library, say)) return;
  const others = [...dependencies(library), ...needed].filter((name) => name !== library);
  if (plan.possible) installDependencies([...new Set(others)], plan.prefix, say);
  else say(`install as root what libnode depends on: apt-get install ${others.join(' ')}`);
}

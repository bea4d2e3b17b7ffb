// Run by npm when the package is installed: where no addon loads, it compiles one.
//
// A missing compiler fails no installation as long as koffi can carry the host API; one notice says
// what is missing then. Plain JavaScript, since it runs in a checkout before anything is compiled.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

/** @param {string} text */
const notice = (text) => process.stderr.write(`@weir-ffi/node: ${text}\n`);

/**
 * In a process of its own: what crashes there does not end the installation.
 *
 * @param {string} program
 * @param {string[]} args
 */
function runs(program, ...args) {
  return spawnSync(process.execPath, ['-e', program, ...args], { cwd: root }).status === 0;
}

const addonLoads = () => runs("require('node-gyp-build')(process.cwd())");

function koffiServes() {
  const places = ['build/Release', `prebuilds/${process.platform}-${process.arch}`];
  const cores = places.map((place) => join(root, place, 'libweir.so.0')).filter(existsSync);
  return cores.some((core) => runs("require('koffi').load(process.argv[1])", core));
}

/** @param {string} name a program, by its name or its path */
function isProgram(name) {
  const folders = name.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @returns {string[]} what a compilation needs and the machine lacks */
function missingTools() {
  const compiler = (process.env.CXX ?? 'g++').split(' ')[0] ?? 'g++';
  const python = process.env.npm_config_python ?? process.env.PYTHON ?? 'python3';
  return ['node-gyp', python, 'make', compiler].filter((name) => !isProgram(name));
}

/** The headers of this Node lie beside it in most installations, and spare a download. */
function headers() {
  if (process.env.npm_config_nodedir) return [];
  const folder = resolve(dirname(process.execPath), '..');
  return existsSync(join(folder, 'include/node/common.gypi')) ? ['--nodedir', folder] : [];
}

/** @returns {string | undefined} why there is no addon now */
function compile() {
  const missing = missingTools();
  if (missing.length > 0) return `there is no ${missing.join(', no ')} to compile it with`;
  const args = ['rebuild', '--jobs', 'max', ...headers()];
  const built = spawnSync('node-gyp', args, { cwd: root, stdio: 'inherit' });
  if (built.status !== 0) return 'it does not compile here';
  return addonLoads() ? undefined : 'the one that was compiled here does not load';
}

function install() {
  const wanted = process.env.npm_config_build_from_source === 'true';
  if (!wanted && addonLoads()) return 0;
  const problem = compile();
  if (problem === undefined) return 0;
  if (addonLoads()) {
    notice(`the prebuilt addon is used: ${problem}`);
    return 0;
  }
  if (koffiServes()) {
    notice(`no addon: ${problem}. koffi, which is slower, is used.`);
    return 0;
  }
  notice(`no addon: ${problem}; and koffi, or the core that it needs, is missing too`);
  return 1;
}

// A checkout makes its addon by CMake.
if (!existsSync(join(root, 'CMakeLists.txt'))) process.exitCode = install();

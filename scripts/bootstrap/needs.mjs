// What the project needs from the system: how to see that it is there, and which Debian package
// brings it.

import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findGo, GO_MINOR_MIN } from '../lib/find-go.mjs';
import { hasLibnode } from './libnode.mjs';

/**
 * @typedef {object} Need
 * @property {string} name
 * @property {string[]} packages Debian packages; empty for Go, whose package is looked up
 * @property {string} usedFor
 * @property {string} without what does not work without it
 * @property {boolean} [optional]
 * @property {'go' | 'libnode'} [install] how it is installed, where naming its packages to apt is
 * not enough
 * @property {string} [found] what was found and is not good enough
 * @property {() => boolean} present
 */

/** @param {string} name */
export function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @param {string} name a header below one of the usual include folders */
function hasHeader(name) {
  return ['/usr/include', '/usr/local/include'].some((folder) => existsSync(join(folder, name)));
}

const CMAKE_MIN = [3, 25];

function hasCmake() {
  if (!onPath('cmake')) return false;
  const match = /version (\d+)\.(\d+)/.exec(
    execFileSync('cmake', ['--version'], { encoding: 'utf8' }),
  );
  const [major, minor] = [Number(match?.[1]), Number(match?.[2])];
  const [majorMin, minorMin] = CMAKE_MIN;
  return major > Number(majorMin) || (major === majorMin && minor >= Number(minorMin));
}

/** The fuzzing engine is an archive beside clang's own headers. */
function hasFuzzer() {
  if (!onPath('clang++-19')) return false;
  const architecture = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const archive = execFileSync(
    'clang++-19',
    [`--print-file-name=lib/linux/libclang_rt.fuzzer-${architecture}.a`],
    { encoding: 'utf8' },
  ).trim();
  return existsSync(archive);
}

/** @type {Need[]} */
const NEEDS = [
  {
    name: 'g++, make and binutils',
    packages: ['build-essential'],
    usedFor: 'the native core',
    without: 'nothing can be built',
    present: () => ['gcc', 'g++', 'make', 'nm', 'readelf'].every(onPath),
  },
  {
    name: `CMake ${CMAKE_MIN.join('.')} or later`,
    packages: ['cmake'],
    usedFor: 'the native core',
    without: 'nothing can be built',
    present: hasCmake,
  },
  {
    name: 'Ninja',
    packages: ['ninja-build'],
    usedFor: 'the native core',
    without: 'nothing can be built',
    present: () => onPath('ninja'),
  },
  {
    name: 'Python 3',
    packages: ['python3'],
    usedFor: 'node-gyp, by which the Node package compiles where it is installed',
    without: 'that test of npm test fails',
    present: () => onPath('python3'),
  },
  {
    name: 'GoogleTest',
    packages: ['libgtest-dev'],
    usedFor: 'the native tests',
    without: 'npm test and npm start cannot configure the build',
    present: () => hasHeader('gtest/gtest.h'),
  },
  {
    name: 'Google Benchmark',
    packages: ['libbenchmark-dev'],
    usedFor: 'npm run bench:core',
    without: 'the release build cannot be configured',
    present: () => hasHeader('benchmark/benchmark.h'),
  },
  {
    name: 'strace',
    packages: ['strace'],
    usedFor: 'the test of which files the core opens',
    without: 'that test is skipped',
    present: () => onPath('strace'),
  },
  {
    name: 'SQLite and pkg-config',
    packages: ['libsqlite3-dev', 'pkg-config'],
    usedFor: 'examples/bookmarks',
    without: 'the example library and npm start do not work',
    present: () => hasHeader('sqlite3.h') && onPath('pkg-config'),
  },
  {
    name: 'clang-format 19',
    packages: ['clang-format-19'],
    usedFor: 'npm run format and the format check of npm test',
    without: 'the format check of npm test fails',
    present: () => onPath('clang-format-19'),
  },
  {
    name: `Go 1.${GO_MINOR_MIN} or later`,
    packages: [],
    install: 'go',
    usedFor: 'bindings/go and npm start',
    without: 'npm start and the Go tests do not work',
    present: () => findGo().go !== undefined,
  },
  {
    name: 'nlohmann-json',
    packages: ['nlohmann-json3-dev'],
    usedFor: 'the engine of libraries written in TypeScript',
    without: 'libraries written in TypeScript cannot be opened; all else works',
    optional: true,
    present: () => hasHeader('nlohmann/json.hpp'),
  },
  {
    name: 'libnode with its headers',
    packages: ['libnode-dev'],
    install: 'libnode',
    usedFor: 'the engine of libraries written in TypeScript',
    without: 'libraries written in TypeScript cannot be opened; all else works',
    optional: true,
    present: hasLibnode,
  },
  {
    name: 'clang-tidy 19',
    packages: ['clang-tidy-19'],
    usedFor: 'npm run lint',
    without: 'npm run lint does not work; npm test does not need it',
    optional: true,
    present: () => onPath('clang-tidy-19'),
  },
  {
    name: 'Spin',
    packages: ['spin'],
    usedFor: 'npm run test:model',
    without: 'npm run test:model does not work; npm test does not need it',
    optional: true,
    present: () => onPath('spin'),
  },
  {
    name: 'clang 19 with libFuzzer',
    packages: ['clang-19', 'libclang-rt-19-dev'],
    usedFor: 'npm run test:fuzz',
    without: 'npm run test:fuzz does not work; npm test does not need it',
    optional: true,
    present: hasFuzzer,
  },
];

/** @returns {Need[]} what is not there, in the order in which it is wanted */
export function findMissing() {
  return NEEDS.filter((need) => !need.present()).map((need) => {
    const found = need.install === 'go' ? findGo().tooOld.join(', ') : '';
    return found === '' ? need : { ...need, found };
  });
}

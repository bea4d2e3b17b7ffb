// Gets the other Nodes that tests run, each once, into .deps/node: npm downloads and checks the
// package of this platform, and of its files only the program is kept.
//
// They are no dependencies of package.json, since not even all developers need their 250 MB.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hasNode, NODE_VERSIONS, NODES_FOLDER } from '../lib/nodes.mjs';

const PROGRAM = 'package/bin/node';
/** Without a network this must not hold `npm test` up. */
const NPM_PATIENCE = ['--fetch-retries=0', '--fetch-timeout=120000'];

/** @returns {string[]} versions that are not there */
export const missingNodes = () => NODE_VERSIONS.filter((version) => !hasNode(version));

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string | undefined} the first line of what went wrong
 */
function problemOf(command, args) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return error?.message ?? /error .*/.exec(stderr)?.[0] ?? `${command} failed`;
}

/**
 * @param {string} version
 * @returns {string | undefined} why it could not be got
 */
function installNode(version) {
  const draft = join(NODES_FOLDER, `${version}.new`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const name = `node-${process.platform}-${process.arch}@${version}`;
  const pack = ['pack', '--silent', '--loglevel=error', ...NPM_PATIENCE];
  try {
    const problem = problemOf('npm', [...pack, '--pack-destination', draft, name]);
    if (problem !== undefined) return problem;
    const [archive = ''] = readdirSync(draft);
    const taken = ['-xzf', join(draft, archive), '-C', draft, '--strip-components=1', PROGRAM];
    const broken = problemOf('tar', taken);
    if (broken !== undefined) return broken;
    rmSync(join(draft, archive));
    const folder = join(NODES_FOLDER, version);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * What cannot be got is told, and does not stop the rest.
 *
 * @param {(text: string) => void} say
 */
export function installNodes(say) {
  for (const version of missingNodes()) {
    say(`getting Node ${version}, a host of tests`);
    const problem = installNode(version);
    if (problem === undefined) continue;
    say(`${problem}; without it: the Node package is not tested on Node ${version}`);
  }
}

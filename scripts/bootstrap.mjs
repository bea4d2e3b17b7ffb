// Gets what the project needs to build and test: Debian packages, Go, libnode, the npm packages of
// package-lock.json, and other Nodes that tests run.
//
// Plain JavaScript without dependencies, since it runs on a machine with only Node and git. When
// nothing is missing it looks and returns, well under a second. It never removes or upgrades
// anything.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installPackages, planInstall } from './bootstrap/apt.mjs';
import { installLibnode } from './bootstrap/libnode.mjs';
import { findMissing } from './bootstrap/needs.mjs';
import { installNodes, missingNodes } from './bootstrap/nodes.mjs';
import { installNodeModules, nodeModulesAreFresh } from './bootstrap/npm.mjs';
import { buildSdk, sdkIsFresh } from './bootstrap/sdk.mjs';

const NODE_MAJOR_MIN = 20;

const HELP = `usage: node scripts/bootstrap.mjs [--check]

Installs what is missing to build and test weir.

  --check   only report; exit code 1 when something required is missing
  --help    this text
`;

/** @param {string} text */
const say = (text) => process.stdout.write(`bootstrap: ${text}\n`);

/** @param {import('./bootstrap/needs.mjs').Need[]} missing */
function reportMissing(missing) {
  for (const need of missing) {
    const found = need.found ? ` (found ${need.found})` : '';
    say(
      `missing: ${need.name}${found}; ${need.optional ? 'optional' : 'needed'} for ${need.usedFor}`,
    );
  }
}

/**
 * @param {import('./bootstrap/needs.mjs').Need[]} missing
 * @returns {boolean} whether everything required is there now
 */
function installSystem(missing) {
  reportMissing(missing);
  const plan = planInstall();
  if (!plan.possible) {
    say(`cannot install: ${plan.reason}`);
    say(`run as root: ${plan.command(missing)}`);
  } else {
    installPackages(missing, plan, say);
  }
  if (missing.some((need) => need.install === 'libnode')) installLibnode(plan, say);
  const still = findMissing();
  for (const need of still) say(`still missing: ${need.name}; without it: ${need.without}`);
  return still.every((need) => need.optional);
}

/** @param {boolean} checkOnly */
function main(checkOnly) {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    say(`Node ${process.versions.node} is too old: ${NODE_MAJOR_MIN} or later is needed`);
    return 1;
  }
  const missing = findMissing();
  const fresh = nodeModulesAreFresh();
  if (checkOnly) {
    reportMissing(missing);
    if (!fresh) say('missing: npm packages as in package-lock.json');
    const nodes = missingNodes();
    for (const version of nodes) say(`missing: Node ${version}; optional for tests of Node hosts`);
    if (fresh && missing.length === 0 && nodes.length === 0) say('nothing is missing');
    return fresh && missing.every((need) => need.optional) ? 0 : 1;
  }
  const system = missing.length === 0 || installSystem(missing);
  const node = fresh || installNodeModules(say);
  if (node && !sdkIsFresh()) buildSdk(say);
  installNodes(say);
  return system && node && existsSync('package.json') ? 0 : 1;
}

process.chdir(new URL('..', import.meta.url).pathname);
try {
  const { values } = parseArgs({
    options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) process.stdout.write(HELP);
  else process.exitCode = main(values.check ?? false);
} catch (error) {
  process.stderr.write(`bootstrap: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
  process.exitCode = 2;
}

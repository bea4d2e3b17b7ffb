// The other Nodes that the Node package is tested on as a host, beside the one that runs npm.
//
// They are those of npm's `node` package, whose binaries are a package for each platform. Plain
// JavaScript: bootstrap gets them.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The newest of each line that is still maintained. */
export const NODE_VERSIONS = ['22.23.3', '24.21.0'];

/** Where they are; below the root of the project, and ignored by git. */
export const NODES_FOLDER = '.deps/node';

/** @param {string} version */
export const nodePath = (version) => join(root, NODES_FOLDER, version, 'bin/node');

/** @param {string} version */
export const hasNode = (version) => existsSync(nodePath(version));

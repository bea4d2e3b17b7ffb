/**
 * one-copy.ts: an esbuild plugin that keeps one copy of zod in a bundle.
 *
 * An installed sdk shares the project's zod. A linked one (`file:`, npm link) lies elsewhere and
 * finds its own, which would double the bundle. When both are of one version, the project's is
 * used.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { packageRoot } from './project.js';

function versionAt(file: string): string | undefined {
  const root = packageRoot(file);
  if (root === undefined) return undefined;
  try {
    const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      name?: string;
      version?: string;
    };
    // zod has a package.json without a version in each of its folders.
    return name === 'zod' && version !== undefined ? version : versionAt(join(root, '..'));
  } catch {
    return undefined;
  }
}

/** @param root of the project */
export const oneZod = (root: string): Plugin => ({
  name: 'weir-one-zod',
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^zod(?:\/|$)/ },
      async ({ path, resolveDir, importer, kind, pluginData }) => {
        if (pluginData === oneZod) return undefined;
        const find = (from: string) =>
          resolve(path, { resolveDir: from, importer, kind, pluginData: oneZod });
        const [there, here] = await Promise.all([find(resolveDir), find(root)]);
        if (here.errors.length > 0 || there.path === here.path) return undefined;
        const same =
          versionAt(there.path) !== undefined && versionAt(there.path) === versionAt(here.path);
        return same ? { path: here.path, sideEffects: here.sideEffects } : undefined;
      },
    );
  },
});

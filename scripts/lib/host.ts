// The main job: the Go host over the bookmarks library.

import { existsSync } from 'node:fs';
import type { GoCommand } from './go.js';
import { at } from './paths.js';
import { type RunResult, run } from './run.js';

const FOLDER = 'examples/go-host';

export const hostProgram = at('build/release/bin/go-host');

/** Build the host; the release build must be there. */
export async function buildHost(go: GoCommand, show: boolean): Promise<RunResult> {
  if (!existsSync(at(FOLDER, 'go.mod'))) return { code: 1, output: `${FOLDER} is missing\n` };
  return run(go.path, ['build', '-o', hostProgram, '.'], { cwd: at(FOLDER), env: go.env, show });
}

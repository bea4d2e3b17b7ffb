// Configures and builds a preset of CMakePresets.json.

import { buildFolder } from './paths.js';
import { type RunResult, run } from './run.js';

export interface BuildOptions {
  /** All when empty. */
  targets?: string[];
  /** A program and its arguments that run CMake, such as setarch. */
  prefix?: string[];
  show?: boolean;
  onLine?: (line: string) => void;
}

/**
 * Configure (quick when nothing changed) and build. The result is that of the first command that
 * failed.
 */
export async function configureAndBuild(
  preset: string,
  options: BuildOptions = {},
): Promise<RunResult> {
  const targets = options.targets?.length ? ['--target', ...options.targets] : [];
  const commands = [
    ['cmake', '--preset', preset],
    ['cmake', '--build', buildFolder(preset), ...targets],
  ];
  const { show = false, onLine = () => undefined } = options;
  for (const words of commands) {
    const [command = '', ...args] = [...(options.prefix ?? []), ...words];
    const result = await run(command, args, { show, onLine });
    if (result.code !== 0) return result;
  }
  return { code: 0, output: '' };
}

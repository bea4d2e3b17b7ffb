/**
 * What must not outlive the command: temporary folders and the processes that it started.
 *
 * Guarantees: each is removed or killed when the command ends, whether by itself, by an error, or
 * by Ctrl-C (exit code 130). Children lead process groups of their own, so that what they start
 * ends with them.
 */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const folders = new Set<string>();
const children = new Set<ChildProcess>();

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Remove and kill everything now. Never throws; calling it again does nothing. */
export function cleanUp(): void {
  for (const child of children) kill(child, 'SIGKILL');
  children.clear();
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The system clears its folder of temporary files.
    }
  }
  folders.clear();
}

/** Clean up when this process ends or is told to. For the `weir` program, not for tests. */
export function cleanUpAtEnd(): void {
  process.on('exit', cleanUp);
  for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) {
    process.on(signal, () => {
      cleanUp();
      process.exit(128 + number);
    });
  }
}

/** Run `body` with a new temporary folder that is removed afterwards. */
export async function withTempFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-'));
  folders.add(folder);
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
  }
}

/** As child_process.spawn; the process and all that it starts end with this one. */
export function spawnOwned(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  children.add(child);
  const forget = () => children.delete(child);
  child.on('exit', forget);
  child.on('error', forget);
  return child;
}

/** Kill a process that spawnOwned started, and what it has started. */
export const killOwned = (child: ChildProcess): void => kill(child, 'SIGKILL');

// Runs programs so that Ctrl-C ends all of them: each leads a process group of its own, and a
// signal to this script is passed on to every group once.

import { type ChildProcess, spawn } from 'node:child_process';
import { root } from './paths.js';

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Show the output as it comes instead of collecting it. */
  show?: boolean;
  /** Told each line of output, also while it is collected. */
  onLine?: (line: string) => void;
  /** Open file descriptors that the program inherits, above the standard three. */
  descriptors?: number[];
}

export interface RunResult {
  /** Exit code; 128 + n after signal n; 127 when the program could not be started. */
  code: number;
  output: string;
}

/** Between asking the programs to end and ending them. */
const KILL_AFTER_MS = 5_000;

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;
type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const running = new Set<ChildProcess>();

let ending: EndSignal | undefined;

/** Whether a signal asked this script to end. */
export const isEnding = (): boolean => ending !== undefined;

function signalAll(signal: NodeJS.Signals): void {
  for (const child of running) {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // The group has ended already.
    }
  }
}

/**
 * On Ctrl-C and the like: pass the signal on, wait for the programs, then exit with 128 + the
 * signal's number.
 *
 * @param mustExit false where the caller wants the exit code of the program instead.
 */
export function endOnSignals(mustExit = true): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (ending !== undefined) return; // npm passes the terminal's signal on a second time
      ending = signal;
      signalAll(signal);
      setTimeout(() => signalAll('SIGKILL'), KILL_AFTER_MS).unref();
      if (!mustExit) return;
      const exit = () => process.exit(128 + SIGNAL_NUMBERS[signal]);
      setInterval(() => running.size === 0 && exit(), 20);
      setTimeout(exit, KILL_AFTER_MS + 1_000);
    });
  }
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (SIGNAL_NUMBERS[signal as keyof typeof SIGNAL_NUMBERS] ?? 0);
}

function collectLines(child: ChildProcess, options: RunOptions): () => string {
  const chunks: string[] = [];
  let rest = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      chunks.push(text);
      if (!options.onLine) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    });
  }
  return () => chunks.join('');
}

/**
 * Run a program to its end. Never throws: a program that cannot be started is exit code 127 with
 * the reason.
 */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const output = options.show ? 'inherit' : 'pipe';
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: [options.show ? 'inherit' : 'ignore', output, output, ...(options.descriptors ?? [])],
    });
    running.add(child);
    const collected = collectLines(child, options);
    child.on('error', (error) => {
      running.delete(child);
      resolve({ code: 127, output: `${command}: ${error.message}\n` });
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: exitCode(code, signal), output: collected() });
    });
  });
}

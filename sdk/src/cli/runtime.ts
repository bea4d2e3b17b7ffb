/**
 * A library that runs: one weir_run process with one context of it.
 *
 * Guarantees: each promise settles, also when the process ends or writes nonsense; the process does
 * not outlive this one (see cleanup.ts).
 */

import type { ChildProcess } from 'node:child_process';
import { killOwned, spawnOwned } from './cleanup.js';
import { CliError } from './errors.js';
import { RUNTIME_HINT, type RuntimeFolder } from './find-runtime.js';
import { type Frame, FrameReader, KIND, OP, requestBody, requestFrame } from './frames.js';
import { statusName } from './status.js';

/**
 * What came back for a request. `payload` is the result, or for another status than 0 a failure.
 */
export interface Reply {
  readonly status: number;
  readonly payload: Uint8Array;
}

export interface EngineCache {
  /** Names the engine that the cache is for. */
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface RuntimeListener {
  onEvent?(name: string, payload: Uint8Array): void;
  /** What the library prints. */
  onOutput?(text: string): void;
}

interface Pending {
  resolve(frame: Frame): void;
  reject(error: Error): void;
}

/** Of what weir_run prints, this much of the end is kept for a message. */
const STDERR_KEPT = 4_000;

export class Runtime {
  private readonly pending = new Map<number, Pending>();
  private readonly ended: Promise<void>;
  private nextId = 1;
  private stderr = '';
  private failure: CliError | undefined;

  private constructor(
    private readonly child: ChildProcess,
    private readonly listener: RuntimeListener,
  ) {
    const reader = new FrameReader((frame) => this.take(frame));
    child.stdout?.on('data', (chunk: Buffer) => {
      try {
        reader.push(chunk);
      } catch (error) {
        this.fail(`weir_run wrote what is no frame: ${(error as Error).message}`);
        killOwned(child);
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
      listener.onOutput?.(text);
    });
    child.stdin?.on('error', () => {}); // it has ended; `close` says so
    this.ended = new Promise((resolve) => {
      child.on('error', (error) => {
        this.fail(`weir_run cannot be started: ${error.message}`);
        resolve();
      });
      child.on('close', (code, signal) => {
        this.fail(`weir_run ended early, with ${signal ?? `exit code ${code}`}`);
        resolve();
      });
    });
  }

  /** Start a process for the library at `path`. */
  static start(runtime: RuntimeFolder, path: string, listener: RuntimeListener = {}): Runtime {
    const child = spawnOwned(runtime.run, [path], { stdio: ['pipe', 'pipe', 'pipe'] });
    return new Runtime(child, listener);
  }

  create(config: Uint8Array): Promise<Reply> {
    return this.send(OP.create, config);
  }

  /** @param timeoutMs 0 for none */
  request(method: string, payload: Uint8Array, timeoutMs = 0): Promise<Reply> {
    return this.send(OP.request, requestBody(method, timeoutMs, payload));
  }

  /** Have events of every name delivered to the listener that `start` was given. */
  listen(): Promise<Reply> {
    return this.send(OP.listen);
  }

  /** @throws CliError ERR_WEIR_RUNTIME with the engine's reason */
  async codeCache(): Promise<EngineCache> {
    const { status, name, payload } = await this.send(OP.cache);
    if (status === 0) return { key: name, bytes: payload };
    throw new CliError('ERR_WEIR_RUNTIME', Buffer.from(payload).toString('utf8'));
  }

  /** Destroy the context and wait until the process has ended. Never throws. */
  async end(): Promise<void> {
    await this.send(OP.destroy).catch(() => {});
    this.child.stdin?.end();
    await this.ended;
  }

  /** End the process now. */
  kill(): void {
    killOwned(this.child);
  }

  private send(op: number, rest?: Uint8Array): Promise<Frame> {
    if (this.failure) return Promise.reject(this.failure);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.child.stdin?.write(requestFrame(op, id, rest));
    });
  }

  private take(frame: Frame): void {
    if (frame.kind === KIND.event) {
      this.listener.onEvent?.(frame.name, frame.payload);
      return;
    }
    // Of no operation: the library could not be loaded.
    if (frame.id === 0) {
      this.fail(
        `${statusName(frame.status)}: ${Buffer.from(frame.payload).toString('utf8')}`,
        true,
      );
      return;
    }
    const waiting = this.pending.get(frame.id);
    this.pending.delete(frame.id);
    waiting?.resolve(frame);
  }

  /** @param complete whether the message says all; otherwise what was printed may say more */
  private fail(message: string, complete = false): void {
    if (this.failure) return;
    // Whoever listens has seen what was printed.
    const said = complete || this.listener.onOutput ? '' : this.stderr.trim();
    const line = said.split('\n').at(-1) ?? '';
    this.failure = new CliError('ERR_WEIR_RUNTIME', line === '' ? message : `${message}: ${line}`, {
      more: said.includes('\n') ? said : '',
      hint: message.includes('cannot be started') ? RUNTIME_HINT : 'weir doctor looks for causes',
    });
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}

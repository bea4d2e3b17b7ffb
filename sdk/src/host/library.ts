/** library.ts: a library that was loaded. */

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContractDocument } from '../contract/types.js';
import { type Codecs, codecsOf } from './codec.js';
import { agreedContract, ContractCheck } from './contract-check.js';
import { WeirError } from './error.js';
import type { LeasedMethod } from './lease.js';
import { loadTransport, type TransportKind } from './load-transport.js';
import { Pool, type PoolSource } from './pool.js';
import { type PoolOptions, transportPoolOptions } from './pool-options.js';
import { Session } from './session.js';
import type { ProcessStats, Transport, TransportLibrary } from './transport.js';
import type { AnyTypes, ClientContract, LibraryTypes } from './types.js';

export interface OpenOptions<T extends LibraryTypes = AnyTypes> {
  /** What the client was made for: `contract` of a generated client.ts. */
  readonly contract?: ClientContract<T> | undefined;
  /** The way to the core; the compiled addon where there is one. */
  readonly transport?: Transport | TransportKind | undefined;
}

/** A library: a shared object, or what `weir build` makes of TypeScript. */
export class Library<T extends LibraryTypes = AnyTypes> implements Disposable {
  readonly #handle: TransportLibrary;
  readonly #source: LoadedLibrary;
  #open = true;

  private constructor(
    session: Session,
    handle: TransportLibrary,
    /** The contract that payloads follow; undefined: every payload is bytes. */
    readonly contract: ContractDocument | undefined,
    client: ClientContract<T> | undefined,
  ) {
    this.#handle = handle;
    const codecs = codecsOf(contract, client?.document);
    const check = new ContractCheck(handle, contract, client);
    this.#source = new LoadedLibrary(session, handle.handle, codecs, check);
  }

  /**
   * Load a library.
   *
   * The thread waits while the system's loader runs, and for the first library in TypeScript while
   * the engine starts, some 50 ms.
   *
   * @param path of the file, relative to the working directory, or a file URL
   * @throws WeirError LIBRARY_NOT_FOUND, LIBRARY_INVALID, VERSION_MISMATCH, ENGINE_MISSING,
   *   CONTRACT_MISMATCH with `differences`, TRANSPORT_MISSING
   */
  static async open<T extends LibraryTypes = AnyTypes>(
    path: string | URL,
    options: OpenOptions<T> = {},
  ): Promise<Library<T>> {
    const { transport: wanted, contract } = options;
    const transport = typeof wanted === 'object' ? wanted : await loadTransport(wanted);
    const session = Session.of(transport);
    const file = typeof path === 'string' ? resolve(path) : fileURLToPath(path);
    const handle = transport.openLibrary(file);
    try {
      return new Library<T>(session, handle, agreedContract(handle, contract), contract);
    } catch (error) {
      transport.closeLibrary(handle.handle);
      throw error;
    }
  }

  get name(): string {
    return this.#handle.name;
  }

  get version(): string {
    return this.#handle.version;
  }

  /** `native`, or `node` for a library in TypeScript. */
  get engine(): string {
    return this.#handle.engine;
  }

  /** How many methods it has. */
  get methodCount(): number {
    return this.#handle.methodCount;
  }

  /** Of the library's own contract, in hex; undefined for a native library. */
  get contractHash(): string | undefined {
    return this.#handle.contractHash;
  }

  /** `addon` or `koffi`. */
  get transport(): string {
    return this.#source.session.transport.kind;
  }

  /**
   * Make a pool. It builds no slot yet; see Pool.prewarm.
   *
   * @throws WeirError INVALID_ARGUMENT that names the option, STALE_HANDLE
   */
  createPool(options: PoolOptions = {}): Pool<T> {
    if (!this.#open) throw new WeirError('STALE_HANDLE', 'create pool', 'the library is closed');
    const { transport } = this.#source.session;
    const handle = transport.createPool(this.#handle.handle, transportPoolOptions(options));
    return new Pool<T>(this.#source, handle, options);
  }

  /** Give the library up. Its pools go on. Closing twice is no error. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#source.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/**
 * A library in the core, and its methods, looked up once each. It stays loaded until its Library
 * and all pools of it are closed, so that these find methods that they have not called before.
 */
class LoadedLibrary implements PoolSource {
  private readonly known = new Map<string, LeasedMethod>();
  private holders = 1;

  constructor(
    readonly session: Session,
    private readonly library: number,
    readonly codecs: Codecs,
    readonly check: ContractCheck,
  ) {}

  method(name: string): LeasedMethod {
    return this.known.get(name) ?? this.look(name);
  }

  hold(): void {
    this.holders++;
  }

  release(): void {
    this.holders--;
    if (this.holders === 0) this.session.transport.closeLibrary(this.library);
  }

  private look(name: string): LeasedMethod {
    const number = this.session.transport.findMethod(this.library, name);
    const codec = this.codecs.method(name) ?? { input: 'bytes', output: 'bytes' };
    const method = { number, ...codec };
    this.known.set(name, method);
    return method;
  }
}

/**
 * Live objects of this process, over all its threads: for leak tests.
 *
 * @throws WeirError TRANSPORT_MISSING
 */
export async function processStats(transport?: Transport | TransportKind): Promise<ProcessStats> {
  const found = typeof transport === 'object' ? transport : await loadTransport(transport);
  return found.processStats();
}

/** pool.ts: slots of one library, leased as contexts. */

import { toPayload } from './codec.js';
import { Context } from './context.js';
import type { ContractCheck } from './contract-check.js';
import { WeirError } from './error.js';
import { Lease, type LeasedMethod, type Lessor } from './lease.js';
import type { Notice } from './notice.js';
import { type PoolOptions, timeoutMs } from './pool-options.js';
import { abortError } from './requests.js';
import type { Session } from './session.js';
import { type CloseReport, FOREVER, type PoolStats } from './transport.js';
import type {
  AnyTypes,
  ClientContract,
  CreateArguments,
  CreateOptions,
  LibraryTypes,
} from './types.js';

/** How long `Pool.create` waits for a slot unless told otherwise, in milliseconds. */
export const CREATE_TIMEOUT = 5000;

const NO_OPTIONS: CreateOptions = {};

/** What a pool needs of its library. */
export interface PoolSource {
  readonly session: Session;
  readonly codecs: Lessor['codecs'];
  readonly check: ContractCheck;
  method(name: string): LeasedMethod;
  /** Keep the library loaded until `release`. */
  hold(): void;
  release(): void;
}

const describe = (tag: string): string => (tag === '' ? 'a context' : `context ${tag}`);

function warn(message: string, code: string): void {
  process.emitWarning(message, { type: 'WeirWarning', code });
}

/** Contexts that were collected and not destroyed. */
const forgotten = new FinalizationRegistry<Lease>((lease) => {
  warn(
    `${describe(lease.tag)} was forgotten and is destroyed now: call destroy, or use await using`,
    'WEIR_CONTEXT_LEAKED',
  );
  lease.destroy().catch(() => undefined);
});

function warnOf({ kind, tag, message }: Notice): void {
  if (kind === 'leak-suspected') warn(message, 'WEIR_LEAK_SUSPECTED');
  if (kind === 'instance-ended') {
    warn(`the library ended ${describe(tag)}: ${message}`, 'WEIR_INSTANCE_ENDED');
  }
}

/** The pool's own half, which leases know. */
class Leases implements Lessor {
  readonly open = new Set<Lease>();
  readonly session: Session;
  readonly codecs: Lessor['codecs'];

  constructor(
    private readonly source: PoolSource,
    readonly notice: (notice: Notice) => void,
  ) {
    this.session = source.session;
    this.codecs = source.codecs;
  }

  method(name: string): LeasedMethod {
    return this.source.method(name);
  }

  begin(tag: string): Lease {
    const lease = new Lease(this, tag);
    this.open.add(lease);
    return lease;
  }

  ended(lease: Lease): void {
    this.open.delete(lease);
    forgotten.unregister(lease);
  }
}

/** A pool of contexts of one library. Close it, best by `await using`. */
export class Pool<T extends LibraryTypes = AnyTypes> implements AsyncDisposable {
  readonly #handle: number;
  readonly #source: PoolSource;
  readonly #session: Session;
  readonly #leases: Leases;
  /** Creates that wait for a slot: a new one does not overtake them. */
  #waiting = 0;
  #closing: Promise<CloseReport> | undefined;

  /** Made by Library.createPool. */
  constructor(source: PoolSource, handle: number, options: PoolOptions) {
    this.#handle = handle;
    this.#source = source;
    source.hold();
    this.#session = source.session;
    this.#leases = new Leases(source, options.onNotice ?? warnOf);
  }

  /**
   * Lease a slot and make an instance of the library in it.
   *
   * The library's own create runs afterwards: requests may follow at once, and if it fails they
   * fail with CREATE_FAILED and its reason. When every slot is in use it waits for one, first come
   * first served.
   *
   * @param config as the contract says; bytes for a native library without one
   * @throws WeirError POOL_EXHAUSTED or TIMED_OUT, both with `slots`; CANCELED with the signal's
   *   reason as `cause`; CLOSED, STALE_HANDLE, BAD_PAYLOAD, BAD_UTF8 or TOO_LARGE (tag),
   *   NO_RESOURCES, INVALID_ARGUMENT
   */
  async create(...args: CreateArguments<T>): Promise<Context<T>> {
    const [config, options = NO_OPTIONS] = args as [unknown, CreateOptions?];
    const { signal, timeout = CREATE_TIMEOUT, tag = '' } = options;
    const ms = timeoutMs(timeout, FOREVER, 'create');
    const payload = toPayload(this.#leases.codecs.config, config, 'create');
    if (signal?.aborted === true) throw abortError(signal, 'create');
    const lease = this.#leases.begin(tag);
    try {
      if (!this.#createNow(lease, payload, ms))
        await this.#createQueued(lease, payload, ms, signal);
    } catch (error) {
      lease.finish();
      throw error;
    }
    const context = new Context<T>(lease);
    forgotten.register(context, lease, lease);
    return context;
  }

  /**
   * Look whether a client fits the library, as Library.open does; the `create` of generated clients
   * begins with it, since a pool of another library, or of one that was opened without a contract,
   * has no types at run time.
   *
   * @throws WeirError CONTRACT_MISMATCH with `differences`, a line each
   */
  requireContract(client: ClientContract<LibraryTypes>): void {
    this.#source.check.require('create', client);
  }

  /** Build slots until `count` are idle or maxSlots exist, so that the first creates need not. */
  prewarm(count: number): void {
    if (!Number.isInteger(count) || count < 0 || count >= FOREVER) {
      throw new WeirError('INVALID_ARGUMENT', 'prewarm', 'count is out of range');
    }
    this.#session.transport.prewarm(this.#handle, count);
  }

  /** @throws WeirError STALE_HANDLE when the pool is closed */
  stats(): PoolStats {
    return this.#session.transport.poolStats(this.#handle);
  }

  /**
   * Close the pool: destroy its contexts as Context.destroy does, let waiting creates fail with
   * CLOSED, and end its threads. Calling it again gives the same report.
   *
   * @throws WeirError TIMED_OUT when handlers, abandoned, still run after 6 seconds
   */
  close(): Promise<CloseReport> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @returns whether there was a slot */
  #createNow(lease: Lease, payload: Uint8Array, ms: number): boolean {
    if (this.#waiting > 0 && ms > 0) return false;
    try {
      const { owner, tag } = lease;
      lease.handle = this.#session.transport.createNow(this.#handle, owner, payload, tag);
      return true;
    } catch (error) {
      if (ms > 0 && error instanceof WeirError && error.code === 'POOL_EXHAUSTED') return false;
      throw error;
    }
  }

  async #createQueued(
    lease: Lease,
    payload: Uint8Array,
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { transport } = this.#session;
    const ticket = transport.createQueued(this.#handle, lease.owner, payload, lease.tag, ms);
    const cancel = () => transport.cancelCreate(this.#handle, ticket);
    signal?.addEventListener('abort', cancel, { once: true });
    this.#waiting++;
    try {
      await lease.answered();
    } catch (error) {
      throw this.#noSlot(error, ms, signal);
    } finally {
      this.#waiting--;
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Adds to the error of a create that waited in vain why, and the pool's counts. */
  #noSlot(error: unknown, ms: number, signal: AbortSignal | undefined): unknown {
    if (!(error instanceof WeirError)) return error;
    if (error.code === 'CANCELED' && signal?.aborted === true) return abortError(signal, 'create');
    if (error.code !== 'TIMED_OUT') return error;
    const stats = this.stats();
    const slots = {
      total: stats.slotsTotal,
      idle: stats.slotsIdle,
      active: stats.slotsActive,
      quarantined: stats.slotsQuarantined,
      waiting: stats.waiting,
    };
    return new WeirError('TIMED_OUT', 'create', `no slot became free in ${ms} ms`, { slots });
  }

  async #close(): Promise<CloseReport> {
    this.#session.begin();
    try {
      const { status, report } = await this.#session.transport.closePool(this.#handle, 0);
      if (status === 0) return report;
      // What the core delivered before it gave up comes first.
      await new Promise((resolve) => setImmediate(resolve));
      for (const lease of [...this.#leases.open]) lease.abandon();
      throw new WeirError(
        'TIMED_OUT',
        'close pool',
        `${report.slotsAbandoned} slots are abandoned: their handlers still run`,
      );
    } finally {
      this.#source.release();
      this.#session.end();
    }
  }
}

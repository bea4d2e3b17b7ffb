/**
 * transport.ts: the transport that needs no compiler. It calls the plain C ABI through koffi.
 *
 * The guarantees are those of the interface. Each file here has one part of them: outbox.ts sends,
 * inbox.ts delivers, wake.ts tells when to.
 */

import type {
  CloseResult,
  PoolStats,
  ProcessStats,
  Transport,
  TransportLibrary,
  TransportPoolOptions,
  TransportReceiver,
} from '@weir-ffi/sdk/host';

import { closeResult } from '../abi/close-result.js';
import { writePoolOptions } from '../abi/pool-options.js';
import {
  CLOSE_REPORT,
  CONTEXT_OPTIONS,
  LIBRARY_INFO,
  POOL_OPTIONS,
  POOL_STATS,
  PROCESS_STATS,
} from '../abi/structs.js';
import { Core } from './core.js';
import { Inbox } from './inbox.js';
import { loadKoffi } from './koffi.js';
import { Struct } from './memory.js';
import { Outbox } from './outbox.js';
import { atThreadEnd, type ThreadEnd } from './thread-end.js';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

export class KoffiTransport implements Transport {
  readonly kind = 'koffi';
  readonly version: string;
  /** No queue was open in this process. Of threads that begin together each may be first. */
  readonly isFirst: boolean;
  readonly #core: Core;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #threadEnd: ThreadEnd;
  #receiver: TransportReceiver | undefined;

  constructor(corePath: string) {
    this.#core = new Core(loadKoffi(), corePath);
    this.version = this.#core.functions.weir_version();
    this.isFirst = this.processStats().queues === 0;
    const receiver = (): TransportReceiver => this.#receiver as TransportReceiver;
    this.#inbox = new Inbox(this.#core, receiver);
    this.#outbox = new Outbox(this.#core, receiver);
    this.#threadEnd = atThreadEnd(this.#core.koffi, corePath);
    this.#threadEnd.closeQueue(this.#inbox.queue); // asked first, called last
  }

  start(receiver: TransportReceiver): void {
    this.#receiver = receiver;
  }

  openLibrary(path: string): TransportLibrary {
    const { functions, out, errorAddress } = this.#core;
    const bytes = bytesOf(path);
    const operation = `open ${path}`;
    const status = functions.weir_library_load(bytes, bytes.length, out.address, errorAddress);
    this.#core.check(status, operation);
    const handle = out.readLong(0);
    this.#threadEnd.closeLibrary(handle);
    const info = new Struct(this.#core.koffi, LIBRARY_INFO);
    this.#core.checkPlain(functions.weir_library_describe(handle, info.address), operation);
    const text = (address: number, length: number): string | undefined =>
      address === 0 ? undefined : this.#core.textAt(address, length);
    return {
      handle,
      methodCount: info.get('methodCount'),
      name: text(info.get('name'), info.get('nameLength')) ?? '',
      version: text(info.get('version'), info.get('versionLength')) ?? '',
      engine: text(info.get('engine'), info.get('engineLength')) ?? '',
      contract: text(info.get('contract'), info.get('contractLength')),
      contractHash: text(info.get('contractHash'), info.get('contractHashLength')),
    };
  }

  findMethod(library: number, name: string): number {
    const { functions, out } = this.#core;
    const bytes = bytesOf(name);
    const status = functions.weir_library_method(library, bytes, bytes.length, out.address);
    this.#core.checkPlain(status, `find the method ${name}`);
    return out.words[0] as number;
  }

  closeLibrary(library: number): void {
    this.#core.checkPlain(this.#core.functions.weir_library_close(library), 'close the library');
  }

  createPool(library: number, options: TransportPoolOptions): number {
    const { functions, koffi, out, errorAddress } = this.#core;
    const struct = new Struct(koffi, POOL_OPTIONS);
    writePoolOptions(struct, options, this.#inbox.queue);
    const status = functions.weir_pool_create(library, struct.address, out.address, errorAddress);
    this.#core.check(status, 'create the pool');
    const pool = out.readLong(0);
    this.#threadEnd.closePool(pool);
    return pool;
  }

  prewarm(pool: number, count: number): void {
    const { functions, errorAddress } = this.#core;
    this.#core.check(functions.weir_pool_prewarm(pool, count, errorAddress), 'prewarm the pool');
  }

  poolStats(pool: number): PoolStats {
    const stats = new Struct(this.#core.koffi, POOL_STATS);
    const status = this.#core.functions.weir_pool_stats_get(pool, stats.address);
    this.#core.checkPlain(status, 'read the stats of the pool');
    return stats.read();
  }

  async closePool(pool: number, timeoutMs: number): Promise<CloseResult> {
    const { functions, koffi } = this.#core;
    const report = new Struct(koffi, CLOSE_REPORT);
    this.#outbox.flush();
    const status = await new Promise<number>((resolve, reject) => {
      functions.weir_pool_close_wait.async(pool, timeoutMs, report.address, (failure, status) =>
        failure === null ? resolve(status) : reject(failure),
      );
    });
    return closeResult(status, report);
  }

  processStats(): ProcessStats {
    const stats = new Struct(this.#core.koffi, PROCESS_STATS);
    const status = this.#core.functions.weir_process_stats_get(stats.address);
    this.#core.checkPlain(status, 'read the stats of the process');
    return stats.read();
  }

  createNow(pool: number, owner: number, config: Uint8Array, tag: string): number {
    const { functions, out, errorAddress } = this.#core;
    return this.#create(owner, config, tag, (options) =>
      functions.weir_context_create(pool, options, out.address, errorAddress),
    );
  }

  createQueued(
    pool: number,
    owner: number,
    config: Uint8Array,
    tag: string,
    timeoutMs: number,
  ): number {
    const { functions, out, errorAddress } = this.#core;
    return this.#create(owner, config, tag, (options) =>
      functions.weir_context_create_queued(pool, options, timeoutMs, out.address, errorAddress),
    );
  }

  cancelCreate(pool: number, ticket: number): void {
    // A pool that is gone has answered all tickets.
    this.#core.functions.weir_context_create_cancel(pool, ticket);
  }

  destroyContext(context: number): void {
    this.#outbox.flush();
    const status = this.#core.functions.weir_context_destroy(context);
    this.#core.checkPlain(status, 'destroy the context');
  }

  listen(context: number, name: string | undefined, owner: number): number {
    const { functions, out } = this.#core;
    const bytes = name === undefined ? null : bytesOf(name);
    const length = bytes?.length ?? 0;
    const status = functions.weir_context_listen(context, bytes, length, 0, owner, out.address);
    this.#core.checkPlain(status, 'listen');
    const listener = out.readLong(0);
    if (name === undefined) {
      this.#inbox.listenersForAll.add(context, listener);
    }
    return listener;
  }

  unlisten(context: number, listener: number): void {
    this.#inbox.listenersForAll.remove(context, listener);
    this.#core.functions.weir_context_unlisten(context, listener);
  }

  release(holds: readonly number[]): void {
    this.#inbox.release(holds);
  }

  submit(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): boolean {
    return this.#outbox.submit(owner, context, method, payload, timeoutMs);
  }

  flush(): void {
    this.#outbox.flush();
  }

  cancel(context: number, owner: number): void {
    this.#outbox.cancel(context, owner);
  }

  ref(): void {
    this.#inbox.wake.ref();
  }

  unref(): void {
    this.#inbox.wake.unref();
  }

  /** @returns the handle or the ticket that `call` was given, by the address of its options */
  #create(
    owner: number,
    config: Uint8Array,
    tag: string,
    call: (options: number) => number,
  ): number {
    const options = new Struct(this.#core.koffi, CONTEXT_OPTIONS);
    const tagBytes = bytesOf(tag);
    options.set('userData', owner);
    options.set('configLength', config.length);
    options.set('tagLength', tagBytes.length);
    const status = this.#core.withAddress(config, (configAt) =>
      this.#core.withAddress(tagBytes, (tagAt) => {
        options.set('config', configAt);
        options.set('tag', tagAt);
        return call(options.address);
      }),
    );
    this.#core.check(status, 'create the context');
    return this.#core.out.readLong(0);
  }
}

/**
 * Open a transport for this JavaScript thread.
 *
 * @param corePath of libweir.so
 * @throws WeirError TRANSPORT_MISSING: koffi or the core cannot be loaded; VERSION_MISMATCH
 */
export const openKoffiTransport = (corePath: string): KoffiTransport =>
  new KoffiTransport(corePath);

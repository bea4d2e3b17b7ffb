/**
 * transport.ts: the way to the core through the compiled addon.
 *
 * Requests are written into one buffer and handed over by one call; the core wakes this thread by
 * one threadsafe function, and then records are read out of another buffer, batch by batch. Small
 * payloads are copied twice each way, large ones once.
 */

import { isMainThread } from 'node:worker_threads';
import {
  type CloseResult,
  type PoolStats,
  type ProcessStats,
  type SlotCounts,
  statusError,
  type Transport,
  type TransportLibrary,
  type TransportPoolOptions,
  type TransportReceiver,
} from '@weir-ffi/sdk/host';
import { Inbox } from './inbox.js';
import { INBOX_BYTES, INLINE_PAYLOAD_MAX, OUTBOX_BYTES } from './layout.js';
import type { NativeAddon, Refusals } from './native.js';
import { Outbox } from './outbox.js';

/** What the addon throws. */
interface NativeError extends Error {
  readonly status?: number;
  readonly slots?: SlotCounts;
}

/** Runs a call of the addon; what it throws becomes a WeirError. */
function checked<T>(operation: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    const { status, message, slots } = error as NativeError;
    if (status === undefined) throw error;
    throw statusError(status, operation, message, { slots });
  }
}

export class AddonTransport implements Transport {
  readonly kind = 'addon';
  readonly version: string;
  private readonly outbox = new Outbox(OUTBOX_BYTES);
  private readonly inbox = new Inbox(INBOX_BYTES);
  private receiver: TransportReceiver | undefined;

  constructor(private readonly native: NativeAddon) {
    this.version = native.version;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    const { native, outbox, inbox } = this;
    const wake = () => this.collect(receiver);
    checked('start', () => native.start(wake, outbox.memory, inbox.memory, isMainThread));
  }

  openLibrary(path: string): TransportLibrary {
    return checked(`open ${path}`, () => this.native.openLibrary(path));
  }

  findMethod(library: number, name: string): number {
    return checked(`request ${name}`, () => this.native.findMethod(library, name));
  }

  closeLibrary(library: number): void {
    checked('close library', () => this.native.closeLibrary(library));
  }

  createPool(library: number, options: TransportPoolOptions): number {
    return checked('create pool', () => this.native.createPool(library, options));
  }

  prewarm(pool: number, count: number): void {
    checked('prewarm', () => this.native.prewarm(pool, count));
  }

  poolStats(pool: number): PoolStats {
    return checked('stats', () => this.native.poolStats(pool));
  }

  closePool(pool: number, timeoutMs: number): Promise<CloseResult> {
    return this.native.closePool(pool, timeoutMs);
  }

  processStats(): ProcessStats {
    return checked('process stats', () => this.native.processStats());
  }

  createNow(pool: number, owner: number, config: Uint8Array, tag: string): number {
    return checked('create', () => this.native.createNow(pool, owner, config, tag));
  }

  createQueued(
    pool: number,
    owner: number,
    config: Uint8Array,
    tag: string,
    timeoutMs: number,
  ): number {
    return checked('create', () => this.native.createQueued(pool, owner, config, tag, timeoutMs));
  }

  cancelCreate(pool: number, ticket: number): void {
    this.native.cancelCreate(pool, ticket);
  }

  destroyContext(context: number): void {
    checked('destroy', () => this.native.destroyContext(context));
  }

  listen(context: number, name: string | undefined, owner: number): number {
    return checked('listen', () => this.native.listen(context, name, owner));
  }

  unlisten(context: number, listener: number): void {
    this.native.unlisten(context, listener);
  }

  release(holds: readonly number[]): void {
    this.native.release(holds);
  }

  submit(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): boolean {
    const { outbox } = this;
    if (payload.length > INLINE_PAYLOAD_MAX) {
      this.flush();
      this.refuse(this.native.send(context, owner, method, timeoutMs, payload));
      return false;
    }
    const first = outbox.used === 0;
    if (outbox.add(owner, context, method, payload, timeoutMs)) return first;
    this.flush();
    outbox.add(owner, context, method, payload, timeoutMs);
    return false;
  }

  flush(): void {
    const { used } = this.outbox;
    if (used === 0) return;
    this.outbox.used = 0;
    this.refuse(this.native.flush(used));
  }

  cancel(context: number, owner: number): void {
    this.flush();
    this.native.cancel(context, owner);
  }

  ref(): void {
    this.native.ref();
  }

  unref(): void {
    this.native.unref();
  }

  private refuse(refusals: Refusals): void {
    if (refusals === undefined) return;
    for (let at = 0; at < refusals.length; at += 3) {
      const [owner, status, message] = refusals.slice(at, at + 3) as [number, number, string];
      this.receiver?.refused(owner, status, message);
    }
  }

  /** All there is, until the queue is empty: only then does the core wake again. */
  private collect(receiver: TransportReceiver): void {
    for (;;) {
      const collected = this.native.collect();
      if (collected === 0) return;
      if (typeof collected === 'number') this.inbox.deliver(collected, [], receiver);
      else this.inbox.deliver(collected[0], collected[1], receiver);
    }
  }
}

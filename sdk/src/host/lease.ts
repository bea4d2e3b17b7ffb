/**
 * lease.ts: a context of the core, from its create to its DESTROYED record.
 *
 * The public Context is a face of it that nothing here refers to, so that a Context which was
 * forgotten can be found out and its lease be ended.
 */

import type { Codecs } from './codec.js';
import { statusError, WeirError } from './error.js';
import { failureError } from './failure.js';
import { type Notice, noticeOf } from './notice.js';
import type { Party, Session } from './session.js';
import type { Listened, Subscription } from './subscription.js';
import { type DestroyReport, RecordKind, type TransportRecord } from './transport.js';

const STALE_HANDLE = 2;

/** What a lease needs of its pool. */
export interface Lessor {
  readonly session: Session;
  readonly codecs: Codecs;
  method(name: string): LeasedMethod;
  notice(notice: Notice): void;
  /** Told when the lease has ended. */
  ended(lease: Lease): void;
}

/** A method of the library, by its number in the core. */
export interface LeasedMethod {
  readonly number: number;
  readonly input: Codecs['config'];
  readonly output: Codecs['config'];
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

export class Lease implements Party, Listened {
  readonly session: Session;
  readonly codecs: Codecs;
  readonly owner: number;
  /** 0 before the core has given one. */
  handle = 0;
  /** Told when destroy begins, or the pool has ended the lease. */
  onEnding: () => void = () => undefined;
  private readonly subscriptions = new Set<Subscription>();
  private created: Waiting<void> | undefined;
  private destroying: Promise<DestroyReport> | undefined;
  private destroyed: Waiting<DestroyReport> | undefined;
  private report: DestroyReport | undefined;
  private ending = false;

  constructor(
    readonly pool: Lessor,
    readonly tag: string,
  ) {
    this.session = pool.session;
    this.codecs = pool.codecs;
    this.owner = this.session.add(this);
  }

  /** Resolves with the CREATED record. */
  answered(): Promise<void> {
    this.session.begin();
    return new Promise((resolve, reject) => {
      this.created = { resolve, reject };
    });
  }

  adopt(subscription: Subscription): void {
    this.subscriptions.add(subscription);
  }

  forget(subscription: Subscription): void {
    this.subscriptions.delete(subscription);
  }

  /** Any number of calls give the same promise. */
  destroy(): Promise<DestroyReport> {
    this.destroying ??= this.beginDestroy();
    return this.destroying;
  }

  /** The pool was closed and has given this context up. */
  abandon(): void {
    if (this.report !== undefined) return;
    this.finish();
    this.destroyed?.reject(
      new WeirError('CLOSED', 'destroy', 'its pool was closed and gave it up'),
    );
    this.settleDestroy();
  }

  /** See Party. */
  record(record: TransportRecord): void {
    if (record.kind === RecordKind.created) this.onCreated(record);
    else if (record.kind === RecordKind.destroyed) this.onDestroyed(record);
    else this.onNotice(record);
  }

  private beginDestroy(): Promise<DestroyReport> {
    if (this.report !== undefined) return Promise.resolve(this.report);
    const done = new Promise<DestroyReport>((resolve, reject) => {
      this.destroyed = { resolve, reject };
    });
    this.session.begin();
    this.end();
    try {
      this.session.transport.flush(); // what was sent before comes before
      this.session.transport.destroyContext(this.handle);
    } catch (error) {
      this.refusedDestroy(error);
    }
    return done;
  }

  /** A stale handle was destroyed by its pool, which tells by the same record. */
  private refusedDestroy(error: unknown): void {
    if (error instanceof WeirError && error.code === 'STALE_HANDLE') return;
    this.destroyed?.reject(error);
    this.settleDestroy();
  }

  private settleDestroy(): void {
    if (this.destroyed === undefined) return;
    this.destroyed = undefined;
    this.session.end();
  }

  private onCreated(record: TransportRecord): void {
    const { created } = this;
    this.created = undefined;
    this.handle = record.context;
    this.session.end();
    if (record.status === 0) {
      created?.resolve();
      return;
    }
    this.finish();
    created?.reject(failureError(record.status, 'create', record.payload));
  }

  private onDestroyed(record: TransportRecord): void {
    this.finish();
    this.report = record.report;
    if (record.status === 0 && record.report !== undefined) this.destroyed?.resolve(record.report);
    else this.destroyed?.reject(statusError(record.status || STALE_HANDLE, 'destroy'));
    this.settleDestroy();
  }

  private onNotice(record: TransportRecord): void {
    const notice = noticeOf(record, this.tag);
    if (notice !== undefined) this.pool.notice(notice);
  }

  /** No listener is called from now on. */
  private end(): void {
    if (this.ending) return;
    this.ending = true;
    for (const subscription of this.subscriptions) subscription.end();
    this.subscriptions.clear();
    this.onEnding();
  }

  /** Nothing follows for this lease. Also of one that never began. */
  finish(): void {
    this.end();
    this.session.remove(this.owner);
    this.pool.ended(this);
  }
}

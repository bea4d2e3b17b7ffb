/**
 * session.ts: what one JavaScript thread has open in the core through one transport.
 *
 * Guarantees
 *   - a record finds its context or listener as long as that is there; events for listeners that
 *     are gone are given back to the core
 *   - the process is kept alive exactly while a promise of this API waits for the core
 *   - user code runs outside of the transport's own calls, and what it throws is an uncaught
 *     exception as of any listener, never an error of the transport
 */

import { Requests } from './requests.js';
import type { Transport, TransportReceiver, TransportRecord } from './transport.js';

/** Takes the records of one context or one listener. */
export interface Party {
  record(record: TransportRecord): void;
}

const sessions = new WeakMap<Transport, Session>();

/** Rethrows where nothing of this API is on the stack. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

export class Session implements TransportReceiver {
  readonly requests: Requests;
  private readonly parties = new Map<number, Party>();
  private lastParty = 0;
  private working = 0;
  private spent: number[] = [];

  /** The one session of a transport; the first call starts it. */
  static of(transport: Transport): Session {
    const there = sessions.get(transport);
    if (there !== undefined) return there;
    const session = new Session(transport);
    sessions.set(transport, session);
    transport.start(session);
    return session;
  }

  private constructor(readonly transport: Transport) {
    this.requests = new Requests(
      transport,
      () => this.begin(),
      () => this.end(),
    );
  }

  /** A promise begins to wait for the core. */
  begin(): void {
    if (this.working++ === 0) this.transport.ref();
  }

  end(): void {
    if (--this.working === 0) this.transport.unref();
  }

  /** @returns the number to give to the transport as `owner`; numbers never repeat */
  add(party: Party): number {
    const number = ++this.lastParty;
    this.parties.set(number, party);
    return number;
  }

  remove(number: number): void {
    this.parties.delete(number);
  }

  /** Give an event back to the core, soon, together with others. */
  release(hold: number): void {
    if (hold === 0) return;
    if (this.spent.push(hold) > 1) return;
    queueMicrotask(() => {
      const holds = this.spent;
      this.spent = [];
      this.transport.release(holds);
    });
  }

  response(
    owner: number,
    status: number,
    bytes: Uint8Array,
    begin: number,
    end: number,
    owned: boolean,
  ): void {
    this.requests.response(owner, status, bytes, begin, end, owned);
  }

  refused(owner: number, status: number, message: string): void {
    this.requests.refused(owner, status, message);
  }

  record(record: TransportRecord): void {
    const party = this.parties.get(record.owner);
    if (party === undefined) {
      this.release(record.hold);
      return;
    }
    try {
      party.record(record);
    } catch (error) {
      throwLater(error);
    }
  }
}

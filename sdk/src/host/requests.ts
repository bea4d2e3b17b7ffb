/**
 * requests.ts: the requests of one JavaScript thread that have no result yet.
 *
 * Guarantees
 *   - each promise settles exactly once, when the transport says how
 *   - what was sent during one turn is handed over together, before the turn ends
 *   - an abort becomes a cancel; the promise still settles by the core's answer to it
 */

import { type Codec, fromPayload } from './codec.js';
import { statusError, WeirError } from './error.js';
import { failureError } from './failure.js';
import type { Transport } from './transport.js';

const CANCELED = 13;
const NOTHING = new Uint8Array(0);

/** A promise in the table. `owner` keeps the Context from being collected meanwhile. */
interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly owner: object;
  readonly method: string;
  readonly output: Codec;
  /** Ends the listening to an AbortSignal. */
  readonly signal: AbortSignal | undefined;
  readonly onAbort: (() => void) | undefined;
}

/** What Context sends: see Transport.submit. */
export interface Outgoing {
  readonly context: number;
  readonly owner: object;
  readonly name: string;
  readonly method: number;
  readonly output: Codec;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** The error of what an AbortSignal ended. */
export function abortError(signal: AbortSignal, operation: string): WeirError {
  const { reason } = signal as { reason: unknown };
  const timedOut = reason instanceof Error && reason.name === 'TimeoutError';
  const why = reason instanceof Error ? reason.message : String(reason);
  return new WeirError(timedOut ? 'TIMED_OUT' : 'CANCELED', operation, why, { cause: reason });
}

export class Requests {
  private readonly table: (Pending | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly flush: () => void;

  /**
   * @param began told before a request waits; its result is told by `ended`
   */
  constructor(
    private readonly transport: Transport,
    private readonly began: () => void,
    private readonly ended: () => void,
  ) {
    this.flush = () => transport.flush();
  }

  send(out: Outgoing): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const slot = this.free.pop() ?? this.table.length;
      const { signal, owner, name: method, output } = out;
      const onAbort =
        signal === undefined ? undefined : () => this.transport.cancel(out.context, slot);
      this.table[slot] = { resolve, reject, owner, method, output, signal, onAbort };
      this.began();
      const first = this.transport.submit(
        slot,
        out.context,
        out.method,
        out.payload,
        out.timeoutMs,
      );
      if (onAbort !== undefined) signal?.addEventListener('abort', onAbort, { once: true });
      if (first) queueMicrotask(this.flush);
    });
  }

  /** See TransportReceiver.response. */
  response(
    slot: number,
    status: number,
    bytes: Uint8Array,
    begin: number,
    end: number,
    owned: boolean,
  ): void {
    const pending = this.take(slot);
    if (pending === undefined) return;
    if (status !== 0) {
      pending.reject(failed(pending, status, bytes.subarray(begin, end)));
      return;
    }
    try {
      const operation = pending.output === 'cbor' ? `response of ${pending.method}` : '';
      pending.resolve(fromPayload(pending.output, bytes, begin, end, owned, operation));
    } catch (error) {
      pending.reject(error);
    }
  }

  refused(slot: number, status: number, message: string): void {
    const pending = this.take(slot);
    pending?.reject(statusError(status, `request ${pending.method}`, message));
  }

  private take(slot: number): Pending | undefined {
    const pending = this.table[slot];
    if (pending === undefined) return undefined;
    this.table[slot] = undefined;
    this.free.push(slot);
    const { signal, onAbort } = pending;
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
    this.ended();
    return pending;
  }
}

function failed({ method, signal }: Pending, status: number, payload: Uint8Array): WeirError {
  const operation = `request ${method}`;
  if (status === CANCELED && signal?.aborted === true) return abortError(signal, operation);
  return failureError(status, operation, payload.length === 0 ? NOTHING : payload);
}

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

type Resolve = (value: unknown) => void;
type Reject = (error: unknown) => void;

/** A promise in the table. A plain object: made at once, where a class sets field after field. */
interface Pending {
  readonly resolve: Resolve;
  readonly reject: Reject;
  /** What must not be collected meanwhile: the Context. */
  readonly keep: object;
  readonly method: string;
  readonly output: Codec;
  readonly signal: AbortSignal | undefined;
  /** Cancels the request; set while an AbortSignal is listened to. */
  onAbort: (() => void) | undefined;
}

/** The error of what an AbortSignal ended. In Jest its reason is an Error of another realm. */
export function abortError(signal: AbortSignal, operation: string): WeirError {
  const { reason } = signal as { reason: unknown };
  const { name, message } = Object(reason) as { name?: unknown; message?: unknown };
  const why = typeof message === 'string' ? message : String(reason);
  const code = name === 'TimeoutError' ? 'TIMED_OUT' : 'CANCELED';
  return new WeirError(code, operation, why, { cause: reason });
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

  /**
   * @param keep what must not be collected before the result: the Context
   * @param name of the method, for errors
   * @param timeoutMs and the rest as in Transport.submit
   */
  send(
    keep: object,
    context: number,
    name: string,
    method: number,
    output: Codec,
    payload: Uint8Array,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { free, table, transport } = this;
      const slot = free.length > 0 ? (free.pop() as number) : table.length;
      const pending = { resolve, reject, keep, method: name, output, signal, onAbort: undefined };
      table[slot] = pending;
      this.began();
      const first = transport.submit(slot, context, method, payload, timeoutMs);
      if (signal !== undefined) this.listen(pending, signal, context, slot);
      if (first) queueMicrotask(this.flush);
    });
  }

  private listen(pending: Pending, signal: AbortSignal, context: number, slot: number): void {
    if (this.table[slot] !== pending) return; // refused at once
    pending.onAbort = () => this.transport.cancel(context, slot);
    signal.addEventListener('abort', pending.onAbort, { once: true });
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
      pending.resolve(fromPayload(pending.output, bytes, begin, end, owned, pending.method));
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

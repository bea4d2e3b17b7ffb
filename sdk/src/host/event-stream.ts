/**
 * event-stream.ts: a context's events as an async iterator with back-pressure.
 *
 * The first `buffer` unread events are the host's; further ones stay counted against the context's
 * `maxEvents` until they have moved up into the buffer. So at most `buffer + maxEvents` wait, and
 * then the library's emit does. Nothing is dropped by the stream.
 */

import { WeirError } from './error.js';
import type { Session } from './session.js';

interface Unread<Payload> {
  readonly payload: Payload;
  /** Gives the event back to the core; undefined when that was done. */
  giveBack: (() => void) | undefined;
}

type Reader<Payload> = (result: IteratorResult<Payload, undefined>) => void;

export interface EventsOptions {
  /** Unread events that do not slow the library down. 64. */
  readonly buffer?: number | undefined;
  /** Ends the iteration. */
  readonly signal?: AbortSignal | undefined;
}

const BUFFER_DEFAULT = 64;

/** What `Context.events` gives. Listens from the moment it is made; one loop may read it. */
export class EventStream<Payload> implements AsyncIterableIterator<Payload, undefined> {
  private readonly unread: Unread<Payload>[] = [];
  private readonly readers: Reader<Payload>[] = [];
  private readonly buffer: number;
  private ended = false;
  private stop: () => void = () => undefined;
  private readonly signal: AbortSignal | undefined;
  private readonly onAbort = (): void => this.close();

  /** Made by Context. @throws WeirError INVALID_ARGUMENT */
  constructor(
    private readonly session: Session,
    { buffer = BUFFER_DEFAULT, signal }: EventsOptions,
  ) {
    if (!Number.isInteger(buffer) || buffer < 0) {
      throw new WeirError('INVALID_ARGUMENT', 'events', 'buffer is not a number of events');
    }
    this.buffer = buffer;
    this.signal = signal;
    if (signal?.aborted === true) this.ended = true;
    else signal?.addEventListener('abort', this.onAbort);
  }

  /** @param stop ends the listening */
  attach(stop: () => void): void {
    this.stop = stop;
    if (this.ended) stop();
  }

  /**
   * Take an event in.
   *
   * @returns a promise that settles when it may be given back to the core, or undefined for at once
   */
  push(payload: Payload): Promise<void> | undefined {
    if (this.ended) return undefined;
    const reader = this.readers.shift();
    if (reader !== undefined) {
      this.session.end();
      reader({ done: false, value: payload });
      return undefined;
    }
    const one: Unread<Payload> = { payload, giveBack: undefined };
    if (this.unread.push(one) <= this.buffer) return undefined;
    return new Promise((resolve) => {
      one.giveBack = resolve;
    });
  }

  /** The context is gone: what is unread can still be read, and then the iteration is done. */
  finish(): void {
    if (this.ended) return;
    this.ended = true;
    this.signal?.removeEventListener('abort', this.onAbort);
    for (const one of this.unread) one.giveBack?.();
    for (const reader of this.readers.splice(0)) {
      this.session.end();
      reader({ done: true, value: undefined });
    }
  }

  /** End the iteration now; what is unread is lost. */
  close(): void {
    this.finish();
    this.unread.length = 0;
    this.stop();
  }

  next(): Promise<IteratorResult<Payload, undefined>> {
    const one = this.unread.shift();
    if (one !== undefined) {
      one.giveBack?.();
      this.moveUp();
      return Promise.resolve({ done: false, value: one.payload });
    }
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    this.session.begin();
    return new Promise((resolve) => this.readers.push(resolve));
  }

  return(): Promise<IteratorResult<Payload, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The event that is now the last of the buffer goes back to the core. */
  private moveUp(): void {
    const moved = this.unread[this.buffer - 1];
    moved?.giveBack?.();
    if (moved !== undefined) moved.giveBack = undefined;
  }
}

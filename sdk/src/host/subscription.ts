/** subscription.ts: a listener of a context's events. */

import { type Codecs, fromPayload } from './codec.js';
import { type Party, type Session, throwLater } from './session.js';
import type { TransportRecord } from './transport.js';

/** One event, as a listener for all names gets it. */
export interface ReceivedEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** Takes an event. While a promise it returns is pending, the event counts as not received. */
export type Listener<Payload> = (payload: Payload) => unknown;

/** What a subscription needs of its context. */
export interface Listened {
  readonly session: Session;
  readonly codecs: Codecs;
  readonly handle: number;
  /** Told when the subscription is closed before the context ends. */
  forget(subscription: Subscription): void;
}

/**
 * A listener that was registered: what `Context.on` and `Context.onAny` give.
 *
 * Ends with its context, or by `close`, after which the listener is not called again.
 */
export class Subscription implements Party, Disposable {
  private readonly owner: number;
  private readonly id: number;
  private open = true;

  /**
   * Made by Context.
   *
   * @param eventName undefined for all names
   * @param keep the public object that must not be collected while this is open
   */
  constructor(
    private readonly context: Listened,
    readonly eventName: string | undefined,
    private readonly deliver: (event: ReceivedEvent) => unknown,
    readonly keep: object,
  ) {
    this.owner = context.session.add(this);
    try {
      this.id = context.session.transport.listen(context.handle, eventName, this.owner);
    } catch (error) {
      context.session.remove(this.owner);
      throw error;
    }
  }

  /** Stop listening. Closing twice is no error. */
  close(): void {
    if (!this.open) return;
    this.end();
    this.context.forget(this);
    this.context.session.transport.unlisten(this.context.handle, this.id);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The context is gone, and so is the core's listener. */
  end(): void {
    this.open = false;
    this.context.session.remove(this.owner);
  }

  /** See Party. */
  record(record: TransportRecord): void {
    const { session } = this.context;
    let result: unknown;
    try {
      result = this.deliver(this.read(record));
    } catch (error) {
      session.release(record.hold);
      throw error;
    }
    if (!isThenable(result)) {
      session.release(record.hold);
      return;
    }
    const done = () => session.release(record.hold);
    result.then(done, (error: unknown) => {
      done();
      throwLater(error);
    });
  }

  private read(record: TransportRecord): ReceivedEvent {
    const name = this.eventName ?? record.name ?? '';
    const codec = this.context.codecs.event(name);
    const { payload } = record;
    const value = fromPayload(codec, payload, 0, payload.length, true, `event ${name}`);
    return { name, payload: value };
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

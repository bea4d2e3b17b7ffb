/** context.ts: a lease of a pool's slot, with an instance of the library of its own. */

import { toPayload } from './codec.js';
import { EventStream, type EventsOptions } from './event-stream.js';
import type { Lease } from './lease.js';
import { timeoutMs } from './pool-options.js';
import { abortError } from './requests.js';
import { type Listener, type ReceivedEvent, Subscription } from './subscription.js';
import type { DestroyReport } from './transport.js';
import type {
  AnyTypes,
  EventName,
  LibraryTypes,
  MethodName,
  OutputOf,
  RequestArguments,
  RequestOptions,
} from './types.js';

const NO_OPTIONS: RequestOptions = {};

/**
 * A context: requests run in it in the order in which they are sent, on a thread of its own.
 *
 * Destroy it, best by `await using`. One that is forgotten is destroyed when it is collected, with
 * a process warning.
 */
export class Context<T extends LibraryTypes = AnyTypes> implements AsyncDisposable {
  readonly #lease: Lease;
  readonly #streams = new Set<{ finish(): void }>();

  /** Made by Pool.create. */
  constructor(lease: Lease) {
    this.#lease = lease;
    const streams = this.#streams;
    lease.onEnding = () => {
      for (const stream of streams) stream.finish();
    };
  }

  /** The name that create was given; empty for none. */
  get tag(): string {
    return this.#lease.tag;
  }

  /**
   * Call a method of the library.
   *
   * The payload is taken over before this returns. Requests of one turn are handed over together.
   *
   * @param input as the contract says; bytes for a native library without one
   * @returns what the method gives
   * @throws WeirError HANDLER with `library`, CREATE_FAILED, TIMED_OUT, CANCELED with the signal's
   *   reason as `cause` (TIMED_OUT when that is a TimeoutError), CLOSED, STALE_HANDLE, QUEUE_FULL,
   *   TOO_LARGE, UNKNOWN_METHOD, BAD_PAYLOAD, INTERRUPTED, INSTANCE_ENDED, INVALID_ARGUMENT
   */
  request<M extends MethodName<T>>(
    method: M,
    ...args: RequestArguments<T, M>
  ): Promise<OutputOf<T, M>>;
  request(name: string, input?: unknown, options: RequestOptions = NO_OPTIONS): Promise<unknown> {
    const lease = this.#lease;
    const { signal, timeout } = options;
    try {
      const { number, input: codec, output } = lease.pool.method(name);
      const payload = toPayload(codec, input, name);
      const ms = timeout === undefined ? 0 : Math.max(1, timeoutMs(timeout, 0, `request ${name}`));
      if (signal?.aborted === true) throw abortError(signal, `request ${name}`);
      const { requests } = lease.session;
      return requests.send(this, lease.handle, name, number, output, payload, ms, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Listen to events of one name.
   *
   * The listener is called in the order of the events. While a promise that it returns is pending,
   * its event counts as not received: `maxEvents` of those, and the library's emit waits. What a
   * listener throws is an uncaught exception.
   *
   * @throws WeirError STALE_HANDLE, QUEUE_FULL (too many listeners), TOO_LARGE (name)
   */
  on<E extends EventName<T>>(event: E, listener: Listener<T['events'][E]>): Subscription {
    return this.#listen(event, ({ payload }) => listener(payload as T['events'][E]));
  }

  /** As `on`, but to all events. */
  onAny(listener: (event: ReceivedEvent) => unknown): Subscription {
    return this.#listen(undefined, listener);
  }

  /**
   * Events of one name as an async iterator. It listens from this call on. Unread events beyond
   * `buffer` slow the library's emit down; the iteration ends with the context.
   *
   * @throws WeirError as `on`, and INVALID_ARGUMENT for the options
   */
  events<E extends EventName<T>>(
    event: E,
    options: EventsOptions = {},
  ): EventStream<T['events'][E]> {
    const stream = new EventStream<T['events'][E]>(this.#lease.session, options);
    const subscription = this.#listen(event, ({ payload }) =>
      stream.push(payload as T['events'][E]),
    );
    this.#streams.add(stream);
    stream.attach(() => {
      this.#streams.delete(stream);
      subscription.close();
    });
    return stream;
  }

  /**
   * Destroy the context and give its slot back.
   *
   * It cannot be used from this call on. Handlers that run have the pool's `drainTime` to end, then
   * they are canceled and have `cancelTime`; requests that have not begun fail with CLOSED. Calling
   * it again gives the same report.
   *
   * @throws WeirError CLOSED when its pool was closed and gave it up
   */
  destroy(): Promise<DestroyReport> {
    return this.#lease.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lease.destroy();
  }

  #listen(name: string | undefined, deliver: (event: ReceivedEvent) => unknown): Subscription {
    const subscription = new Subscription(this.#lease, name, deliver, this);
    this.#lease.adopt(subscription);
    return subscription;
  }
}

/**
 * calls.ts: the requests of one instance in a test.
 *
 * Guarantees: handlers begin in the order of their requests; each request gets exactly one result,
 * and a cancel or timeout is that result at once, whatever the handler does afterwards.
 */

import type { EngineCall, EngineInstance, EngineLibrary, EngineMethod } from '../engine-abi.js';
import { LazySignal } from './abort.js';
import { RequestError, requestError, type Status } from './request-error.js';

export interface CallOptions {
  /** Cancels the request. */
  signal?: AbortSignal | undefined;
  /** Milliseconds until the request times out. */
  timeout?: number | undefined;
}

class PendingCall implements EngineCall {
  readonly #abort = new LazySignal();

  constructor(
    readonly instance: EngineInstance,
    readonly deadline: number | undefined,
  ) {}

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abort(reason: RequestError): void {
    this.#abort.abort(reason);
  }
}

interface Open {
  readonly method: string;
  started: boolean;
  /** Ends the request with this error, unless it has ended. */
  fail(error: RequestError): void;
  /** Resolves when the handler is done, also when the request has ended long before. */
  handled: Promise<void>;
}

export class Calls {
  private readonly open = new Set<Open>();
  /** The beginning of the request before; each waits for it, so that none overtakes. */
  private last: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly engine: EngineLibrary,
    private readonly instance: EngineInstance,
    private readonly state: unknown,
  ) {}

  request(method: EngineMethod, data: Uint8Array, options: CallOptions): Promise<Uint8Array> {
    if (this.closed) return Promise.reject(new RequestError('CLOSED', 'the instance is destroyed'));
    const { timeout } = options;
    const deadline = timeout === undefined ? undefined : Date.now() + timeout;
    const call = new PendingCall(this.instance, deadline);
    return new Promise((resolve, reject) => {
      const open = this.track(method.name, call, options, reject);
      const begin = () => (open.ended ? undefined : this.handle(method, data, call, open));
      const begun = this.last.then(() => {
        open.started = true;
        const handled = Promise.resolve(begin());
        open.handled = handled.then((result) => {
          if (result !== undefined) open.succeed(() => resolve(result));
          this.open.delete(open);
        });
      });
      this.last = begun;
    });
  }

  /** Runs the handler; undefined when it failed, which the request then knows. */
  private handle(
    method: EngineMethod,
    data: Uint8Array,
    call: PendingCall,
    open: Open,
  ): Uint8Array | Promise<Uint8Array | undefined> | undefined {
    const failed = (thrown: unknown): undefined => {
      open.fail(requestError(this.engine.describeFailure(thrown)));
    };
    try {
      const result = method.handle(this.state, data, call);
      if (!(result instanceof Promise)) return result ?? new Uint8Array();
      return result.then((settled) => settled ?? new Uint8Array(), failed);
    } catch (error) {
      return failed(error);
    }
  }

  private track(
    method: string,
    call: PendingCall,
    { signal, timeout }: CallOptions,
    reject: (error: RequestError) => void,
  ) {
    let ended = false;
    const stop: (() => void)[] = [];
    const end = (then: () => void): void => {
      if (ended) return;
      ended = true;
      for (const one of stop) one();
      then();
    };
    const fail = (error: RequestError): void => {
      end(() => {
        call.abort(error);
        reject(error);
      });
    };
    const failWith = (status: Status, message: string) => () =>
      fail(new RequestError(status, message));
    const open = {
      method,
      started: false,
      fail,
      succeed: end,
      handled: Promise.resolve(),
      get ended() {
        return ended;
      },
    };
    this.open.add(open);
    if (timeout !== undefined) {
      const late = failWith('TIMED_OUT', `no result within ${timeout} ms`);
      const timer = setTimeout(late, timeout);
      stop.push(() => clearTimeout(timer));
    }
    if (signal !== undefined) {
      const cancel = failWith('CANCELED', 'canceled by the host');
      if (signal.aborted) cancel();
      signal.addEventListener('abort', cancel, { once: true });
      stop.push(() => signal.removeEventListener('abort', cancel));
    }
    return open;
  }

  /** Refuses new requests and those that have not begun; gives those that run. */
  close(): readonly Open[] {
    this.closed = true;
    for (const open of this.open) {
      if (!open.started) open.fail(new RequestError('CLOSED', 'destroyed before it began'));
    }
    return [...this.open].filter(({ started }) => started);
  }
}

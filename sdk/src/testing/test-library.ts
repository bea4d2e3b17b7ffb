/**
 * test-library.ts: runs a library in this process, with no native code.
 *
 * Everything goes through the engine's adapter and the wire, so that what passes here passes in the
 * engine. What only the engine has is not here: limits of memory, interruption, isolation.
 */

import type * as z from 'zod';
import type { Library } from '../author/define-library.js';
import type { EventName, Given, LibrarySpec, Received } from '../author/types.js';
import type { EngineInstance, EngineMethod } from '../engine-abi.js';
import { LazySignal } from './abort.js';
import { type CallOptions, Calls } from './calls.js';
import { EventLog, type LoggedEvent } from './event-log.js';
import { makeFromBytes, toBytes } from './host-side.js';
import { RequestError, requestError } from './request-error.js';

type Config<S extends LibrarySpec> = S['config'] extends z.ZodType ? z.input<S['config']> : never;
type Payload<S extends LibrarySpec, E> = S['events'] extends object
  ? Received<S['events'][E & keyof S['events']]>
  : never;
type MethodName<S extends LibrarySpec> = keyof S['methods'] & string;
type Input<S extends LibrarySpec, M extends MethodName<S>> = Given<S['methods'][M]['input']>;
type Output<S extends LibrarySpec, M extends MethodName<S>> = Received<S['methods'][M]['output']>;
type Events<S extends LibrarySpec> = {
  [E in EventName<S>]: LoggedEvent<E, Payload<S, E>>;
}[EventName<S>];

export interface TestOptions<S extends LibrarySpec> {
  config?: Config<S>;
  /** Unread events after which `emit` waits, as it does for a slow host. Default: it never does. */
  room?: number;
}

export interface DestroyOptions {
  /** Milliseconds that handlers have to finish before they are canceled. Default 1,000. */
  drain?: number;
  /** Milliseconds that canceled handlers have to end. Default 1,000. */
  cancel?: number;
}

/** An instance of a library under test. */
export interface TestContext<S extends LibrarySpec> {
  /**
   * Call a method.
   *
   * @throws RequestError with the status, and the code and details of a declared error
   */
  request<M extends MethodName<S>>(
    method: M,
    ...rest: undefined extends Input<S, M>
      ? [input?: Input<S, M>, options?: CallOptions]
      : [input: Input<S, M>, options?: CallOptions]
  ): Promise<Output<S, M>>;
  /** Listen to one event from now on. @returns a function that ends that */
  on<E extends EventName<S>>(name: E, listener: (payload: Payload<S, E>) => void): () => void;
  /** All events in order, each once; ends when the instance is destroyed. */
  readonly events: AsyncIterable<Events<S>>;
  /**
   * End the instance as a host does: handlers may finish, then are canceled, then `destroy` runs.
   *
   * @throws Error that names the handlers which ignore their signal
   */
  destroy(options?: DestroyOptions): Promise<void>;
}

const DRAIN_MS = 1_000;
const CANCEL_MS = 1_000;

const wait = (ms: number, work: Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
};

class Running {
  readonly #aborted = new LazySignal();
  readonly events: EventLog;
  readonly #readers: Map<string, (data: Uint8Array) => unknown>;
  readonly #methods: Map<string, { engine: EngineMethod; read(data: Uint8Array): unknown }>;
  readonly #library: Library;
  #calls: Calls | undefined;
  #state: unknown;
  #destroyed: Promise<void> | undefined;

  constructor(library: Library, room: number) {
    this.#library = library;
    this.events = new EventLog(room);
    const { spec, engine } = library;
    this.#readers = new Map(
      Object.entries(spec.events ?? {}).map(([name, schema]) => [name, makeFromBytes(schema)]),
    );
    this.#methods = new Map(
      engine.methods.map((method) => [
        method.name,
        { engine: method, read: makeFromBytes(spec.methods[method.name]?.output) },
      ]),
    );
  }

  async create(config: unknown): Promise<void> {
    const running = this;
    const { engine, spec } = this.#library;
    const instance: EngineInstance = {
      get signal() {
        return running.#aborted.signal;
      },
      emit: (name, data) => running.#emit(name, data),
    };
    try {
      this.#state = await engine.create(instance, toBytes(spec.config, config));
    } catch (error) {
      throw requestError(engine.describeFailure(error), 'CREATE_FAILED');
    }
    this.#calls = new Calls(engine, instance, this.#state);
  }

  #emit(name: string, data: Uint8Array): Promise<void> {
    if (this.#aborted.aborted) return Promise.reject(closed());
    const payload = this.#readers.get(name)?.(data);
    return Promise.resolve().then(() => this.events.push({ name, payload }));
  }

  async request(name: string, input?: unknown, options: CallOptions = {}): Promise<unknown> {
    const method = this.#methods.get(name);
    if (method === undefined) throw new RequestError('UNKNOWN_METHOD', `no method ${name}`);
    const data = toBytes(this.#library.spec.methods[name]?.input, input);
    const answer = await (this.#calls as Calls).request(method.engine, data, options);
    return method.read(answer);
  }

  on(name: string, listener: (payload: unknown) => void): () => void {
    return this.events.on(name, listener);
  }

  destroy(options: DestroyOptions = {}): Promise<void> {
    this.#destroyed ??= this.#end(options);
    return this.#destroyed;
  }

  async #end({ drain = DRAIN_MS, cancel = CANCEL_MS }: DestroyOptions): Promise<void> {
    const open = (this.#calls as Calls).close();
    const handled = Promise.all(open.map((one) => one.handled));
    await wait(drain, handled);
    this.#aborted.abort(closed());
    for (const one of open) one.fail(new RequestError('CANCELED', 'the instance is destroyed'));
    this.events.close(closed());
    if (!(await wait(cancel, handled))) {
      const names = [...new Set(open.map(({ method }) => method))].join(', ');
      throw new Error(`handlers that ignore call.signal: ${names}`);
    }
    await this.#library.engine.destroy(this.#state);
  }
}

const closed = (): RequestError => new RequestError('CLOSED', 'the instance is being destroyed');

/**
 * Make an instance of a library in this process.
 *
 * @throws RequestError with the status CREATE_FAILED, when `create` or its config fails
 * @throws ContractError when a schema has no form in a contract
 * @example
 * const context = await testLibrary(library, { config: { width: 80 } });
 * expect(await context.request('format', { text: 'a=1' })).toEqual({ text: 'a = 1;\n' });
 * await context.destroy();
 */
export async function testLibrary<S extends LibrarySpec>(
  library: Library<S>,
  options: TestOptions<S> = {},
): Promise<TestContext<S>> {
  void library.contract; // a schema that has no form in it fails here, not only in weir build
  const running = new Running(library, options.room ?? Number.POSITIVE_INFINITY);
  await running.create(options.config);
  return running as unknown as TestContext<S>;
}

/** What an author gives to `defineLibrary`, and what handlers get: types inferred from schemas. */

import type * as z from 'zod';
import type { LibraryError } from './library-error.js';

export type Schema = z.ZodType;

export interface MethodSpec {
  /** What a host sends. Without one, the method takes nothing. */
  readonly input?: Schema;
  /** What the method gives. Without one, it gives nothing. */
  readonly output?: Schema;
  /** One or two sentences for the documentation of generated clients. */
  readonly description?: string;
}

/** Which payloads are checked against their schemas; those of create always are. */
export type Validate = 'input' | 'both' | 'none';

export interface LibrarySpec {
  /** Letters, digits, `.`, `_` and `-`, beginning with a letter: also the name of the file. */
  readonly name: string;
  /** The version of the library, such as 1.2.3. */
  readonly version: string;
  readonly description?: string;
  /** What a host gives to create an instance. Without one, nothing. */
  readonly config?: Schema;
  readonly methods: Readonly<Record<string, MethodSpec>>;
  readonly events?: Readonly<Record<string, Schema>>;
  /** Declared errors by code (`SYNTAX`): the schema of their details. */
  readonly errors?: Readonly<Record<string, Schema>>;
  /**
   * Default `both`. With `input`, what handlers give is encoded as it is; with `none`, handlers
   * get what the wire carried, without defaults and conversions.
   */
  readonly validate?: Validate;
  /** Send the stacks of errors to hosts. Default false. */
  readonly stack?: boolean;
}

/** What a handler receives for a schema. */
export type Received<T> = T extends Schema ? z.output<T> : undefined;
/** What the author may give for a schema. */
export type Given<T> = T extends Schema ? z.input<T> : undefined;
/** What a handler may return. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without output needs no return
export type Answer<T> = T extends Schema ? z.input<T> : void;

type Entries<T> = T extends object ? T : Record<never, never>;
export type EventName<S extends LibrarySpec> = keyof Entries<S['events']> & string;
export type ErrorCode<S extends LibrarySpec> = keyof Entries<S['errors']> & string;
type EventPayload<S extends LibrarySpec, E extends string> = Given<
  E extends keyof Entries<S['events']> ? Entries<S['events']>[E] : undefined
>;
type ErrorDetails<S extends LibrarySpec, C extends string> = Given<
  C extends keyof Entries<S['errors']> ? Entries<S['errors']>[C] : undefined
>;

/** One instance, as its code sees it. Its members may be taken out: `const { emit } = call`. */
export interface Instance<S extends LibrarySpec> {
  /** Aborted when the host destroys the instance, before `destroy` runs. */
  readonly signal: AbortSignal;
  /**
   * Emit an event to the host.
   *
   * @returns a promise that resolves when the host has room for more: await it, so that a slow
   *   host slows the library down. It rejects when the instance is being destroyed.
   * @throws ValidationError when the payload is not what the event's schema says
   */
  emit<E extends EventName<S>>(name: E, payload: EventPayload<S, E>): Promise<void>;
  /**
   * A declared error, to be thrown: `throw call.failure('SYNTAX', { line }, 'no closing brace')`.
   */
  failure<C extends ErrorCode<S>>(
    code: C,
    details: ErrorDetails<S, C>,
    message: string,
  ): LibraryError;
}

/** One call of a method. */
export interface Call<S extends LibrarySpec, State> extends Instance<S> {
  /** What `create` gave. */
  readonly state: State;
  /** Aborted when the call is canceled or times out, or the instance is destroyed. */
  readonly signal: AbortSignal;
  /** When the call times out, in milliseconds as `Date.now()` has them; undefined for never. */
  readonly deadline: number | undefined;
  readonly instance: Instance<S>;
}

export type Handler<S extends LibrarySpec, State, M extends MethodSpec> = (
  input: Received<M['input']>,
  call: Call<S, State>,
) => Answer<M['output']> | Promise<Answer<M['output']>>;

/** What makes an instance, answers its calls and ends it. Write `create` first: it gives State. */
export interface Implementation<S extends LibrarySpec, State> {
  create?: (config: Received<S['config']>, instance: Instance<S>) => State | Promise<State>;
  methods: { [M in keyof S['methods']]: Handler<S, State, S['methods'][M]> };
  destroy?: (state: State) => void | Promise<void>;
}

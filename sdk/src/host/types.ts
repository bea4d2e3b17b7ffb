/** types.ts: how the types of a contract reach the host API. Types only. */

import type { ContractDocument } from '../contract/types.js';

/** The types of one library. Generated clients export theirs as `Types`. */
export interface LibraryTypes {
  /** What creating a context takes; undefined for nothing. */
  config: unknown;
  methods: { [name: string]: { input: unknown; output: unknown } };
  events: { [name: string]: unknown };
  /** The details of each declared error, by its code. */
  errors: { [code: string]: unknown };
}

/** Of a library that is opened without a contract: anything goes, nothing is known. */
export interface AnyTypes extends LibraryTypes {
  config: unknown;
}

/** Of a native library without a contract: every payload is bytes. */
export interface BytesTypes extends LibraryTypes {
  config: Uint8Array | undefined;
  methods: { [name: string]: { input: Uint8Array | undefined; output: Uint8Array } };
  events: { [name: string]: Uint8Array };
}

/** What a client was made for: the value `contract` of a generated client.ts. */
export interface ClientContract<T extends LibraryTypes = AnyTypes> {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the document, in hex. */
  readonly hash: string;
  readonly document: ContractDocument;
  /** Carries the types; never there at run time. */
  readonly types?: T;
}

export type MethodName<T extends LibraryTypes> = keyof T['methods'] & string;
export type EventName<T extends LibraryTypes> = keyof T['events'] & string;
export type ErrorCode<T extends LibraryTypes> = keyof T['errors'] & string;
export type InputOf<T extends LibraryTypes, M extends MethodName<T>> = T['methods'][M]['input'];
export type OutputOf<T extends LibraryTypes, M extends MethodName<T>> = T['methods'][M]['output'];

/** A value may be left out when it may be undefined. */
type Arguments<Value, Options> = undefined extends Value
  ? [value?: Value, options?: Options]
  : [value: Value, options?: Options];

export interface RequestOptions {
  /** Aborting it cancels the request; the handler's own signal is told. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds, time in the queue included; the handler sees the deadline. None if missing. */
  readonly timeout?: number | undefined;
}

export interface CreateOptions {
  /** Aborting it gives the place in line up. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for a slot: 5,000. 0: only if there is one now; Infinity: no limit. */
  readonly timeout?: number | undefined;
  /** A name for reports, at most 255 bytes. */
  readonly tag?: string | undefined;
}

export type RequestArguments<T extends LibraryTypes, M extends MethodName<T>> = Arguments<
  InputOf<T, M>,
  RequestOptions
>;
export type CreateArguments<T extends LibraryTypes> = Arguments<T['config'], CreateOptions>;

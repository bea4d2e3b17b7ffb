/** declared-error.ts: the errors that a library's contract declares, with their types. */

import { type LibraryFailure, WeirError } from './error.js';
import type { ErrorCode, LibraryTypes } from './types.js';

/**
 * A value as the details of an error tell it, which cross as JSON: an integer that a number does
 * not hold is its decimal text, and bytes are base64.
 */
export type JsonOf<Value> = Value extends bigint
  ? number | string
  : Value extends Uint8Array
    ? string
    : Value extends object
      ? { [Key in keyof Value]: JsonOf<Value[Key]> }
      : Value;

/** What a handler, or the library's create, threw on purpose. */
export type DeclaredError<T extends LibraryTypes, C extends ErrorCode<T>> = WeirError & {
  readonly code: 'HANDLER' | 'CREATE_FAILED';
  readonly library: LibraryFailure & {
    readonly code: C;
    readonly details: JsonOf<T['errors'][C]>;
  };
};

/** Whether an error is one that the library declares, by its code. */
export function isDeclaredError<T extends LibraryTypes, C extends ErrorCode<T>>(
  error: unknown,
  code: C,
): error is DeclaredError<T, C> {
  return error instanceof WeirError && error.library?.code === code;
}

/** failure.ts: the error of a response that failed. */

import { type LibraryFailure, statusError, type WeirError } from './error.js';

const text = new TextDecoder();

function libraryFailure(json: string): LibraryFailure | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param payload a message, and from a library in TypeScript optionally a zero byte and a JSON
 *   document; a native library may write what it likes
 */
export function failureError(
  status: number,
  operation: string,
  payload: Uint8Array,
  cause?: unknown,
): WeirError {
  const whole = text.decode(payload);
  const end = whole.indexOf('\0');
  const library = end < 0 ? undefined : libraryFailure(whole.slice(end + 1));
  const message = library === undefined ? whole : whole.slice(0, end);
  return statusError(status, operation, message, { cause, library });
}

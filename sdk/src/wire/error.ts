/** The one error that encoding and decoding give. */

/**
 * A payload that cannot be on the wire.
 *
 * Encoding names the place in the value by `path`, a JSON pointer such as `/items/3/name` (empty
 * for the value itself); decoding names it by `offset`, the byte where the offending item begins.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code = 'ERR_WEIR_WIRE';

  constructor(
    message: string,
    readonly path: string | undefined,
    readonly offset: number | undefined,
  ) {
    super(message);
  }
}

/** A JSON pointer (RFC 6901) of keys and indices. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

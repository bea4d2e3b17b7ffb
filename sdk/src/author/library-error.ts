/** Errors that authors throw on purpose, and those that validation throws. */

const LIBRARY_ERROR = Symbol.for('weir.LibraryError');

/** An error that the library declares: hosts get its code, message and details. */
export class LibraryError extends Error {
  override readonly name: string = 'LibraryError';
  readonly [LIBRARY_ERROR] = true;

  /**
   * @param code one of the codes under `errors` of the library
   * @param details what the schema of that code says
   * @param message plain words, without the code
   */
  constructor(
    readonly code: string,
    readonly details: unknown,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Also true for an error of another copy of this module, as bundles can hold two. */
export const isLibraryError = (value: object): value is LibraryError =>
  (value as Partial<LibraryError>)[LIBRARY_ERROR] === true;

/** A declared error, to be thrown. `call.failure` is the same with types. */
export const failure = (code: string, details: unknown, message: string): LibraryError =>
  new LibraryError(code, details, message);

/** What was not as its schema says. */
export type Subject = 'input' | 'config' | 'output' | 'event' | 'details';

/** A payload that does not match its schema, or bytes that are no payload. */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';
  readonly code = 'ERR_WEIR_VALIDATION';

  constructor(
    message: string,
    readonly subject: Subject,
    /** A JSON pointer into the payload, or undefined when it could not be decoded. */
    readonly path: string | undefined,
  ) {
    super(message);
  }
}

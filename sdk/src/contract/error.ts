/** The one error of contracts. */

/** A contract that cannot be made or read; the message names the place. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code = 'ERR_WEIR_CONTRACT';

  constructor(
    message: string,
    /** A JSON pointer into the document, where one was read. */
    readonly path?: string,
    /** The byte where text stops being JSON. */
    readonly offset?: number,
  ) {
    super(message);
  }
}

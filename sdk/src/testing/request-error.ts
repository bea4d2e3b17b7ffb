/** How a request fails in a test: as a host would see it. */

import type { EngineFailure } from '../engine-abi.js';

/** The statuses that a library's author meets, as hosts name them. */
export type Status =
  | 'INVALID_ARGUMENT'
  | 'UNKNOWN_METHOD'
  | 'TIMED_OUT'
  | 'CANCELED'
  | 'CLOSED'
  | 'CREATE_FAILED'
  | 'HANDLER';

const BY_NUMBER: Record<number, Status> = {
  1: 'INVALID_ARGUMENT',
  15: 'CREATE_FAILED',
  16: 'HANDLER',
};

/** What may follow the message of a failure. */
export interface FailureExtra {
  /** The code of a declared error. */
  code?: string;
  details?: unknown;
  /** A JSON pointer to what was wrong in the input. */
  path?: string;
  /** The stack in the library, with the option `stack` of the library. */
  stack?: string;
}

/** A request, or the creation of an instance, that did not succeed. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: Status,
    message: string,
    readonly extra: FailureExtra = {},
  ) {
    super(message);
  }

  /** The code of a declared error, or undefined. */
  get code(): string | undefined {
    return this.extra.code;
  }

  /** The details of a declared error, as JSON has them. */
  get details(): unknown {
    return this.extra.details;
  }

  /** A JSON pointer to what was wrong in the input. */
  get path(): string | undefined {
    return this.extra.path;
  }
}

/** Reads what `describeFailure` gave, as hosts do. */
export function requestError({ status, payload }: EngineFailure, during?: Status): RequestError {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  const end = text.indexOf('\0');
  const message = end < 0 ? text : text.slice(0, end);
  const extra = end < 0 ? {} : (JSON.parse(text.slice(end + 1)) as FailureExtra);
  return new RequestError(during ?? BY_NUMBER[status] ?? 'HANDLER', message, extra);
}

/** error.ts: the one error of the host API. */

import { STATUS_NAMES, type StatusName } from '../status.js';

type FailureName = Exclude<StatusName, 'OK'>;

/**
 * What `WeirError.code` can be: a status of the core, or one of two that only this API finds.
 *
 * - `BAD_PAYLOAD`: a value that cannot be encoded, or bytes that cannot be decoded
 * - `TRANSPORT_MISSING`: neither the compiled addon nor its fallback could be loaded
 */
export type WeirErrorCode = FailureName | 'BAD_PAYLOAD' | 'TRANSPORT_MISSING';

/** Nothing was begun, and the same call may succeed when others have ended. */
const RETRYABLE: ReadonlySet<string> = new Set<WeirErrorCode>([
  'NO_MEMORY',
  'NO_RESOURCES',
  'POOL_EXHAUSTED',
  'QUEUE_FULL',
  'BUSY',
]);

/** Counts of a pool that had no slot to give. */
export interface SlotCounts {
  readonly total: number;
  readonly idle: number;
  readonly active: number;
  readonly quarantined: number;
  readonly waiting: number;
}

/** What a library in TypeScript says about a failure beside its message. */
export interface LibraryFailure {
  /** The code of an error that the library declares, such as `SYNTAX`. */
  readonly code?: string;
  /** As JSON has what the contract says for that code. */
  readonly details?: unknown;
  /** A JSON pointer to what was wrong in an input. */
  readonly path?: string;
  /** The stack in the library, where it is told to send it. */
  readonly stack?: string;
}

export interface WeirErrorOptions {
  readonly cause?: unknown;
  readonly library?: LibraryFailure | undefined;
  readonly slots?: SlotCounts | undefined;
  readonly differences?: readonly string[] | undefined;
}

/** What everything in this API throws and rejects with. */
export class WeirError extends Error {
  override readonly name = 'WeirError';
  /** What the library says beside its message: of `HANDLER` and `CREATE_FAILED`. */
  readonly library: LibraryFailure | undefined;
  /** Of `POOL_EXHAUSTED`, and of a create that waited in vain. */
  readonly slots: SlotCounts | undefined;
  /** Of `CONTRACT_MISMATCH`: what makes the two contracts incompatible, a line each. */
  readonly differences: readonly string[] | undefined;

  /**
   * @param operation what failed: `open`, `create`, `request echo` …
   * @param reason in words; of `HANDLER` and `CREATE_FAILED` the library's own
   */
  constructor(
    readonly code: WeirErrorCode,
    readonly operation: string,
    readonly reason: string,
    { cause, library, slots, differences }: WeirErrorOptions = {},
  ) {
    const own = library?.code === undefined ? code : `${code}: ${library.code}`;
    const words = reason === '' || reason === own ? own : `${own}: ${reason}`;
    super(`${operation}: ${words}`, cause === undefined ? undefined : { cause });
    this.library = library;
    this.slots = slots;
    this.differences = differences;
  }

  /** Whether nothing was begun and the same call may succeed when others have ended. */
  get retryable(): boolean {
    return RETRYABLE.has(this.code);
  }
}

/** The name of a weir_status. A number that is none is `INVALID_ARGUMENT`: a newer core's. */
export function statusName(status: number): FailureName {
  const name = STATUS_NAMES[status];
  return name === undefined || name === 'OK' ? 'INVALID_ARGUMENT' : name;
}

/** The error of a call whose status is not OK. */
export const statusError = (
  status: number,
  operation: string,
  reason = '',
  options?: WeirErrorOptions,
): WeirError => new WeirError(statusName(status), operation, reason, options);

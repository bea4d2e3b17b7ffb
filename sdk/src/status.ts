/** status.ts: the names of weir_status, as weir.h has them; a test compares the two. */

/** By number. Values never change their meaning; docs/errors.md has each. */
export const STATUS_NAMES = [
  'OK',
  'INVALID_ARGUMENT',
  'STALE_HANDLE',
  'FORKED',
  'NO_MEMORY',
  'NO_RESOURCES',
  'POOL_EXHAUSTED',
  'QUEUE_FULL',
  'TOO_LARGE',
  'BAD_UTF8',
  'UNKNOWN_METHOD',
  'WOULD_DEADLOCK',
  'TIMED_OUT',
  'CANCELED',
  'CLOSED',
  'CREATE_FAILED',
  'HANDLER',
  'INTERRUPTED',
  'VERSION_MISMATCH',
  'LIBRARY_NOT_FOUND',
  'LIBRARY_INVALID',
  'BUSY',
  'TOO_DEEP',
  'ENGINE_MISSING',
  'INSTANCE_ENDED',
  'CONTRACT_MISMATCH',
] as const;

export type StatusName = (typeof STATUS_NAMES)[number];

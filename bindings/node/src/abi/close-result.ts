/** close-result.ts: how a pool was closed, of what the core said. */

import { type CloseResult, statusError } from '@weir-ffi/sdk/host';
import type { Fields } from './fields.js';
import type { CLOSE_REPORT } from './structs.js';

const TIMED_OUT = 12;

/** @throws WeirError with the status of a pool that was not closed */
export function closeResult(
  status: number,
  report: Fields<(typeof CLOSE_REPORT.names)[number]>,
): CloseResult {
  if (status !== 0 && status !== TIMED_OUT) {
    throw statusError(status, 'close the pool');
  }
  return { status, report: report.read() };
}

/** status.ts: a status of the core, as the command shows it. */

import { STATUS_NAMES } from '../status.js';

/** A status of a later weir is its number. */
export const statusName = (status: number): string => STATUS_NAMES[status] ?? `STATUS ${status}`;

/** contender.ts: something that answers requests and is measured, in one process with others. */

import type { Ask } from '../in-flight.js';

export interface Contender {
  /** What the rows of the results know it by. */
  readonly name: string;
  /** Requests in flight, each number measured on its own. */
  readonly inFlight: readonly number[];
  readonly ask: Ask;
  close(): Promise<unknown>;
}

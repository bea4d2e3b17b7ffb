/** contender.ts: something that answers requests and is measured, in one process with others. */

import type { Ask } from '../in-flight.js';

export interface Contender {
  /** What the rows of the results know it by. */
  readonly name: string;
  /** Requests in flight, each number measured on its own. */
  readonly inFlight: readonly number[];
  /** Gives the answer, where it has bytes: they are compared with `payload` once. */
  readonly ask: Ask;
  /** Of each request; undefined where the answer's bytes are not looked at. */
  readonly payload?: Uint8Array;
  close(): Promise<unknown>;
}

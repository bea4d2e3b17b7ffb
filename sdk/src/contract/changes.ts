/** What `diffContracts` reports, and how a change of a schema becomes good or bad news. */

import { jsonPointer } from '../wire/error.js';

export interface ContractChange {
  /** A JSON pointer into the document: the new one, or the old one for what was removed. */
  path: string;
  /** What changed, in a few words. */
  change: string;
  /** Whether hosts built for the old contract work with a library of the new one. */
  compatible: boolean;
  why: string;
}

/** Who makes values of a schema: hosts (config, inputs) or the library (all else). */
export type Side = 'host' | 'library';

/** What a change does to the set of values that a schema allows. */
export type Effect = 'wider' | 'narrower' | 'other';

export type Path = readonly (string | number)[];

const WHY: Record<Side, Record<Effect, string>> = {
  host: {
    wider: 'all that hosts send is still taken',
    narrower: 'hosts may send what is no longer taken',
    other: 'hosts send what is no longer taken',
  },
  library: {
    wider: 'hosts may get what they do not know',
    narrower: 'hosts get nothing that they do not know',
    other: 'hosts get what they do not know',
  },
};

/** Collects changes. */
export class Changes {
  readonly all: ContractChange[] = [];

  add(path: Path, change: string, compatible: boolean, why: string): void {
    this.all.push({ path: jsonPointer(path), change, compatible, why });
  }

  /** A change of which values are allowed. */
  effect(path: Path, change: string, effect: Effect, side: Side): void {
    const good = side === 'host' ? 'wider' : 'narrower';
    this.add(path, change, effect === good, WHY[side][effect]);
  }
}

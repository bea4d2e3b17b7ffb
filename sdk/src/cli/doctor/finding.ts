/** finding.ts: what `weir doctor` found out about one thing. */

export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'unusable';
  /** Whether building and calling libraries needs it. */
  readonly needed: boolean;
  /** Version and place, or what is wrong. */
  readonly detail: string;
  /** What it is for; shown when it is not there. */
  readonly usedFor: string;
  /** How to get it; only when it is not there. */
  readonly hint?: string;
}

export interface Wanted {
  readonly name: string;
  readonly needed: boolean;
  readonly usedFor: string;
}

export const found = (wanted: Wanted, detail: string): Finding => ({
  ...wanted,
  state: 'ok',
  detail,
});

export const missing = (wanted: Wanted, detail: string, hint: string): Finding => ({
  ...wanted,
  state: 'missing',
  detail,
  hint,
});

export const unusable = (wanted: Wanted, detail: string, hint: string): Finding => ({
  ...wanted,
  state: 'unusable',
  detail,
  hint,
});

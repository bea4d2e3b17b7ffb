// results.ts: what hosts print, checked, and what it comes to.

import * as z from 'zod';
import type { Suite } from './load.js';
import { canaryId, type Plan } from './plan.js';

const line = z.strictObject({
  id: z.string(),
  ok: z.boolean(),
  differed: z.array(z.string()),
  ms: z.number(),
});

export type Result = z.infer<typeof line>;

export interface Outcome {
  /** By the id of the scenario; canaries are not among them. */
  readonly results: ReadonlyMap<string, Result>;
  /** What went wrong, a line each. */
  readonly problems: readonly string[];
}

/** The lines of a host's output that are results; whatever else it printed. */
export function parseResults(output: string): { results: Result[]; other: string[] } {
  const results: Result[] = [];
  const other: string[] = [];
  for (const text of output.split('\n').filter((one) => one.trim() !== '')) {
    if (text.startsWith('{"')) results.push(line.parse(JSON.parse(text)));
    else other.push(text);
  }
  return { results, other };
}

/** A canary must fail, and for its own reason. */
function canaryProblems(suite: Suite, results: ReadonlyMap<string, Result>): string[] {
  return suite.canaries.flatMap((canary) => {
    const id = canaryId(canary);
    const result = results.get(id);
    if (result === undefined) return [];
    if (result.ok) return [`${id}: the host did not notice it`];
    const said = result.differed.join('; ');
    return said.includes(canary.reports) ? [] : [`${id}: said ${said}, not ${canary.reports}`];
  });
}

/** Compare what a host printed with what it was to run. A scenario without a result has failed. */
export function judge(suite: Suite, plan: Plan, code: number, output: string): Outcome {
  const { results, other } = parseResults(output);
  const found = new Map(results.map((result) => [result.id, result]));
  const missing = plan.scenarios.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  const problems = [...canaryProblems(suite, found)];
  if (code !== 0) problems.push(`exit code ${code}`);
  if (missing.length > 0)
    problems.push(`no result of ${missing[0]} and ${missing.length - 1} more`);
  if (code !== 0 || missing.length > 0) problems.push(...other);
  for (const { id } of suite.canaries.map((canary) => ({ id: canaryId(canary) }))) found.delete(id);
  for (const { id, ok, differed } of found.values()) {
    if (!ok) problems.push(...differed.map((text) => `${id}: ${text}`));
  }
  return { results: found, problems };
}

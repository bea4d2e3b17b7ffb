/** Which values a schema allows by keywords that are ranges or sets. */

import { canonicalJson } from './canonical.js';
import type { Effect } from './changes.js';
import type { Json, JsonSchema } from './types.js';

/** Exact, since 64-bit limits are not numbers. */
const INTEGERS: Record<string, [bigint, bigint]> = Object.fromEntries(
  [8, 16, 32, 64].flatMap((bits) => {
    const half = 2n ** BigInt(bits - 1);
    return [
      [`int${bits}`, [-half, half - 1n]],
      [`uint${bits}`, [0n, 2n * half - 1n]],
    ];
  }),
);

const isNumber = (value: Json | undefined): value is number => typeof value === 'number';

/** An end of a range; numbers and bigints compare with each other. */
type End = number | bigint;

const inOrder = (a: End, b: End): number => (a < b ? -1 : a > b ? 1 : 0);
const least = (ends: End[]): End => ends.sort(inOrder)[0] as End;
const most = (ends: End[]): End => ends.sort(inOrder).at(-1) as End;

/** The next value inside an exclusive end; an open end of reals is told from a closed one. */
const inside = (value: number, step: 1 | -1, integer: boolean): number =>
  integer ? value + step : value + step * Number.EPSILON * Math.max(1, Math.abs(value));

export interface Range {
  low: End;
  high: End;
}

/** The numbers that a schema allows, by format, minimum and maximum. */
export function numberRange(schema: JsonSchema): Range {
  const integer = schema.type === 'integer';
  const [low, high] = INTEGERS[String(schema.format)] ?? [
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ];
  const lows: End[] = [low];
  const highs: End[] = [high];
  if (isNumber(schema.minimum)) lows.push(schema.minimum);
  if (isNumber(schema.maximum)) highs.push(schema.maximum);
  if (isNumber(schema.exclusiveMinimum)) lows.push(inside(schema.exclusiveMinimum, 1, integer));
  if (isNumber(schema.exclusiveMaximum)) highs.push(inside(schema.exclusiveMaximum, -1, integer));
  return { low: most(lows), high: least(highs) };
}

/** The range that two keywords, such as minLength and maxLength, give. */
export function sizeRange(schema: JsonSchema, minimum: string, maximum: string): Range {
  const [low, high] = [schema[minimum], schema[maximum]];
  return { low: isNumber(low) ? low : 0, high: isNumber(high) ? high : Number.POSITIVE_INFINITY };
}

/** undefined when nothing changed. */
export function rangeEffect(before: Range, after: Range): Effect | undefined {
  const wider = after.low < before.low || after.high > before.high;
  const narrower = after.low > before.low || after.high < before.high;
  if (wider && narrower) return 'other';
  if (wider) return 'wider';
  return narrower ? 'narrower' : undefined;
}

export const rangeText = ({ low, high }: Range): string => {
  const end = (value: End) =>
    typeof value === 'number' && !Number.isFinite(value) ? 'any' : String(value);
  return `${end(low)} to ${end(high)}`;
};

/** The values that `enum` or `const` allow, as texts; undefined for no such limit. */
export function allowedValues(schema: JsonSchema): Set<string> | undefined {
  if (schema.const !== undefined) return new Set([canonicalJson(schema.const)]);
  return Array.isArray(schema.enum) ? new Set(schema.enum.map(canonicalJson)) : undefined;
}

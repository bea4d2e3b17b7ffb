/** Looks through a schema and all that it is made of. */

import type * as z from 'zod';

function children(value: object): unknown[] {
  const inner = (value as { _zod?: { def?: unknown } })._zod;
  if (inner !== undefined) return [inner.def];
  // A default may be made by a function of the author: reading it would call that.
  const keys = Object.keys(value).filter((key) => key !== 'defaultValue');
  const own = keys.map((key) => (value as Record<string, unknown>)[key]);
  const lazy = value as { type?: unknown; getter?: unknown };
  const isLazy = lazy.type === 'lazy' && typeof lazy.getter === 'function';
  return isLazy ? [...own, (lazy as { getter(): unknown }).getter()] : own;
}

/**
 * Whether `test` is true of a schema, of a schema or check within it, of their definitions, or of
 * the values and functions in these.
 */
export function somePart(schema: z.core.$ZodType, test: (part: unknown) => boolean): boolean {
  const seen = new Set<unknown>();
  const queue: unknown[] = [schema];
  while (queue.length > 0) {
    const part = queue.pop();
    if (part === undefined || part === null || seen.has(part)) continue;
    if (test(part)) return true;
    seen.add(part);
    if (typeof part === 'object') queue.push(...children(part));
  }
  return false;
}

const AsyncFunction = (async () => undefined).constructor;

/** Whether a schema has an async function, so that it can only be parsed asynchronously. */
export const looksAsync = (schema: z.core.$ZodType): boolean =>
  somePart(schema, (part) => typeof part === 'function' && part.constructor === AsyncFunction);

/** Whether parsing a value twice may give something else than parsing it once. */
export const hasTransform = (schema: z.core.$ZodType): boolean =>
  somePart(schema, (part) => {
    const { type, check } = part as { type?: unknown; check?: unknown };
    return type === 'transform' || check === 'overwrite';
  });

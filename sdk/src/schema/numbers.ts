/** Numbers of a stated width: what a host's language has as int32, uint64, float … */

import * as z from 'zod';
import { $constructor } from 'zod/v4/core';

/** Zod's own int64 reads only bigint; the wire has a number wherever one is exact. */
type BigintFormat = 'int64' | 'uint64';

export interface ZodWideInteger extends z.ZodBigIntFormat {}

const initBigint = z.ZodBigIntFormat.init as (inst: ZodWideInteger, def: unknown) => void;

/**
 * A bigint schema that takes a safe integer as well: a payload holds bigint only where a number
 * would not be exact.
 */
const ZodWideInteger = $constructor('ZodWideInteger', (inst: ZodWideInteger, def) => {
  initBigint(inst, def);
  const { parse } = inst._zod;
  inst._zod.parse = (payload, context) => {
    if (Number.isSafeInteger(payload.value)) payload.value = BigInt(payload.value as number);
    return parse(payload, context);
  };
});

const wide = (format: BigintFormat): ZodWideInteger =>
  new ZodWideInteger({ type: 'bigint', check: 'bigint_format', format, abort: false });

/** Whether a schema is one of this module's 64-bit ones, and which. */
export function wideFormat(schema: z.core.$ZodType): BigintFormat | undefined {
  if (!schema._zod.traits.has('ZodWideInteger')) return undefined;
  return (schema._zod.def as unknown as { format: BigintFormat }).format;
}

/** Formats of number schemas that JSON Schema's minimum and maximum alone would not tell. */
const formats = new WeakMap<object, string>();

/** The width that a number schema was made with, also after `.min()` and the like. */
export function numberFormat(schema: z.core.$ZodType): string | undefined {
  for (
    let one: z.core.$ZodType | undefined = schema;
    one !== undefined;
    one = one._zod.parent as z.core.$ZodType | undefined
  ) {
    const format = formats.get(one);
    if (format !== undefined) return format;
  }
  return undefined;
}

function marked<T extends z.ZodNumber>(schema: T, format: string): T {
  formats.set(schema, format);
  return schema;
}

const ranged = (format: string, min: number, max: number): z.ZodInt =>
  marked(z.int().min(min).max(max) as z.ZodInt, format);

/** An integer from -128 to 127. */
export const int8 = (): z.ZodInt => ranged('int8', -0x80, 0x7f);
/** An integer from -32,768 to 32,767. */
export const int16 = (): z.ZodInt => ranged('int16', -0x8000, 0x7fff);
/** An integer of 32 bits. */
export const int32 = (): z.ZodInt => ranged('int32', -0x80000000, 0x7fffffff);
/** An integer from 0 to 255. */
export const uint8 = (): z.ZodInt => ranged('uint8', 0, 0xff);
/** An integer from 0 to 65,535. */
export const uint16 = (): z.ZodInt => ranged('uint16', 0, 0xffff);
/** An integer of 32 bits, not negative. */
export const uint32 = (): z.ZodInt => ranged('uint32', 0, 0xffffffff);
/** A number that a host keeps in 32 bits; what does not fit is rounded there. */
export const float32 = (): z.ZodNumberFormat => marked(z.float32(), 'float');
/** A number of 64 bits: what `z.number()` is, said aloud. NaN and infinities are refused. */
export const float64 = (): z.ZodNumber => marked(z.number(), 'double');

export interface Int64Options {
  /** `number`: a plain number, refused beyond 2^53 - 1 either way. Default `bigint`. */
  as?: 'bigint' | 'number';
}

interface Wide {
  (options?: { as?: 'bigint' }): ZodWideInteger;
  (options: { as: 'number' }): z.ZodInt;
}

/** An integer of 64 bits, as a bigint; with `{ as: 'number' }` as a number where one is exact. */
export const int64 = ((options?: Int64Options) =>
  options?.as === 'number'
    ? ranged('int64', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    : wide('int64')) as Wide;

/** An integer of 64 bits, not negative; options as for `int64`. */
export const uint64 = ((options?: Int64Options) =>
  options?.as === 'number' ? ranged('uint64', 0, Number.MAX_SAFE_INTEGER) : wide('uint64')) as Wide;

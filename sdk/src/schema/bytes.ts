/** Bytes, and text that is certain to have a form in every host. */

import * as z from 'zod';
import { $constructor } from 'zod/v4/core';
import { isWellFormed } from '../wire/index.js';

export interface BytesLimits {
  /** Fewest bytes. */
  min?: number;
  /** Most bytes. */
  max?: number;
}

export interface ZodBytes extends z.ZodCustom<Uint8Array, Uint8Array> {}

interface BytesDef extends z.core.$ZodCustomDef<Uint8Array> {
  limits: BytesLimits;
}

const initCustom = z.ZodCustom.init as (inst: ZodBytes, def: BytesDef) => void;

const ZodBytes = $constructor('ZodBytes', (inst: ZodBytes, def: BytesDef) => {
  initCustom(inst, def);
});

/** Bytes of any realm: a test environment has a Uint8Array of its own. */
export const isBytes = (value: unknown): value is Uint8Array =>
  value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]';

function describe({ min, max }: BytesLimits): string {
  if (min !== undefined && max !== undefined) return `${min} to ${max} bytes`;
  if (min !== undefined) return `at least ${min} bytes`;
  return max === undefined ? 'bytes' : `at most ${max} bytes`;
}

/**
 * Bytes, as a Uint8Array. As the whole input or output of a method, or the whole of an event, they
 * cross without any encoding.
 */
export function bytes(limits: BytesLimits = {}): ZodBytes {
  const { min = 0, max = Number.POSITIVE_INFINITY } = limits;
  return new ZodBytes({
    type: 'custom',
    check: 'custom',
    error: () => `Invalid input: expected ${describe(limits)}`,
    fn: (value: unknown) => isBytes(value) && value.length >= min && value.length <= max,
    limits,
  } as BytesDef);
}

/** The limits of a schema made by `bytes`; undefined for any other schema. */
export function bytesLimits(schema: z.core.$ZodType): BytesLimits | undefined {
  if (!schema._zod.traits.has('ZodBytes')) return undefined;
  return (schema._zod.def as unknown as BytesDef).limits;
}

/** Text that can be UTF-8: half a surrogate pair is refused with its path in the input. */
export const text = (): z.ZodString =>
  z.string().refine(isWellFormed, 'Invalid input: text with a lone surrogate');

/** The host's side of payloads: what generated clients do. */

import type * as z from 'zod';
import { payloadKind } from '../author/payload.js';
import { hasTransform } from '../author/walk.js';
import { decode, encode } from '../wire/index.js';

type Schema = z.ZodType | undefined;

/** A value as the bytes that a host sends. No schema is applied: that is the library's business. */
export function toBytes(schema: Schema, value: unknown): Uint8Array {
  if (value === undefined) return new Uint8Array();
  if (payloadKind(schema) === 'bytes' && value instanceof Uint8Array) return value.slice();
  return Uint8Array.from(encode(value));
}

/** Makes what a host reads of bytes: 64-bit integers as bigint, all else as the wire has it. */
export function makeFromBytes(schema: Schema): (data: Uint8Array | undefined) => unknown {
  const kind = payloadKind(schema);
  const twice = schema !== undefined && kind === 'cbor' && !hasTransform(schema);
  return (data) => {
    if (kind === 'none') return undefined;
    const copied = Uint8Array.from(data ?? []);
    if (kind === 'bytes') return copied;
    if (copied.length === 0) return undefined;
    const value = decode(copied);
    const parsed = twice ? attempt(() => schema.safeParse(value)) : undefined;
    return parsed?.success ? parsed.data : value;
  };
}

function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined; // an async schema
  }
}

/**
 * payload.ts: between bytes and values, one way each for a schema.
 *
 * A payload is nothing at all (no schema, `z.void()`), bytes as they are (`bytes()` as the whole),
 * or one CBOR item. Readers and writers are synchronous unless the schema is not.
 */

import type * as z from 'zod';
import { bytesLimits } from '../schema/bytes.js';
import { decode, encode, WireError } from '../wire/index.js';
import { type Subject, ValidationError } from './library-error.js';
import { makeParser, type Parser } from './parser.js';

export type PayloadKind = 'none' | 'bytes' | 'cbor';

type Maybe<T> = T | Promise<T>;
/** From bytes to a checked value. Throws (or rejects with) a ValidationError. */
export type Reader = (data: Uint8Array) => Maybe<unknown>;
/** From a value to bytes; undefined for an empty payload. */
export type Writer = (value: unknown) => Maybe<Uint8Array | undefined>;

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';

/** The schema within optional(), default() and the like, which does not change what is sent. */
function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def as { type: string; innerType?: z.core.$ZodType };
  const through = ['optional', 'default', 'prefault', 'nonoptional', 'readonly', 'catch'];
  return def.innerType !== undefined && through.includes(def.type)
    ? unwrapped(def.innerType)
    : schema;
}

/**
 * How a schema's payload is sent.
 *
 * @throws TypeError for bytes that may be missing: nothing would tell that from empty bytes
 */
export function payloadKind(schema: z.core.$ZodType | undefined): PayloadKind {
  if (schema === undefined) return 'none';
  const { type } = schema._zod.def;
  if (type === 'void' || type === 'undefined') return 'none';
  if (bytesLimits(schema) !== undefined) return 'bytes';
  if (bytesLimits(unwrapped(schema)) !== undefined) {
    throw new TypeError('bytes() as a whole payload cannot be optional or have a default');
  }
  return 'cbor';
}

/** What an empty payload stands for: no value, or, as a config of an object, no properties. */
function emptyValue(schema: z.ZodType, subject: Subject): unknown {
  const isObject = schema._zod.def.type === 'object';
  return subject === 'config' && isObject ? {} : undefined;
}

function decoded(data: Uint8Array, subject: Subject): unknown {
  try {
    return decode(data);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ValidationError(`${subject}: ${error.message}`, subject, undefined);
  }
}

export function makeReader(
  schema: z.ZodType | undefined,
  subject: Subject,
  validate: boolean,
): Reader {
  const kind = payloadKind(schema);
  if (schema === undefined || kind === 'none') {
    return (data) => {
      if (data.length === 0) return undefined;
      throw new ValidationError(
        `${subject}: none is taken, ${data.length} bytes came`,
        subject,
        '',
      );
    };
  }
  const parse: Parser = validate ? makeParser(schema, subject) : (value) => value;
  if (kind === 'bytes') {
    const { min, max } = bytesLimits(schema) ?? {};
    return min === undefined && max === undefined && !schema._zod.def.checks?.length
      ? (data) => data
      : parse;
  }
  const empty = emptyValue(schema, subject);
  return (data) => parse(data.length === 0 ? empty : decoded(data, subject));
}

function encoded(value: unknown, subject: Subject): Uint8Array | undefined {
  if (value === undefined) return undefined;
  try {
    return encode(value);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new ValidationError(`${subject}: ${error.message}`, subject, error.path);
  }
}

export function makeWriter(
  schema: z.ZodType | undefined,
  subject: Subject,
  validate: boolean,
): Writer {
  const kind = payloadKind(schema);
  if (schema === undefined || kind === 'none') return () => undefined;
  if (kind === 'bytes') return makeParser(schema, subject) as Writer;
  if (!validate) return (value) => encoded(value, subject);
  const parse = makeParser(schema, subject);
  return (value) => {
    const parsed = parse(value);
    if (!isPromise(parsed)) return encoded(parsed, subject);
    return parsed.then((settled) => encoded(settled, subject));
  };
}

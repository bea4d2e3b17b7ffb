/**
 * json-schema.ts: one Zod schema to JSON Schema 2020-12, with weir's widths and bytes.
 *
 * Guarantees: what the document says is what the wire carries, or a ContractError names the place
 * in the schema that has no form on the wire.
 */

import * as z from 'zod';
import { bytesLimits } from '../schema/bytes.js';
import { numberFormat, wideFormat } from '../schema/numbers.js';
import { ContractError } from './error.js';
import type { JsonSchema } from './types.js';

/** Whether hosts send a value of the schema (before defaults apply) or get one (after). */
export type Direction = 'input' | 'output';

/** Zod's names for widths, as JSON Schema's registry has them. */
const ZOD_FORMATS: Record<string, string> = {
  int32: 'int32',
  uint32: 'uint32',
  float32: 'float',
  float64: 'double',
};

const ADVICE: Record<string, string> = {
  date: 'a date: use text or a number',
  bigint: 'a bigint without a width: use int64() or uint64() of @weir-ffi/sdk',
  transform: 'a transform, whose result has no schema: end it with .pipe(schema)',
  custom: 'a custom type, which only code can describe',
  map: 'a Map: use z.record()',
  set: 'a Set: use z.array()',
  undefined: 'undefined: use .optional()',
  void: 'z.void() within a payload',
};

function zodFormat(schema: z.core.$ZodType): string | undefined {
  const def = schema._zod.def as { type: string; format?: string };
  if (def.type !== 'number' || def.format === undefined) return undefined;
  return ZOD_FORMATS[def.format];
}

interface BoundDef {
  check?: string;
  value?: unknown;
  inclusive?: boolean;
}

/** The bounds of a bigint schema that a number of JSON can say exactly. */
function bigintBounds(schema: z.core.$ZodType): JsonSchema {
  const checks = (schema._zod.def as { checks?: { _zod: { def: BoundDef } }[] }).checks ?? [];
  const bounds: { [keyword: string]: number } = {};
  for (const { check, value, inclusive } of checks.map((one) => one._zod.def)) {
    const bound = typeof value === 'bigint' ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(bound)) continue;
    const isLower = check === 'greater_than';
    if (!isLower && check !== 'less_than') continue;
    const end = isLower ? 'Minimum' : 'Maximum';
    const keyword = inclusive ? end.toLowerCase() : `exclusive${end}`;
    const known = bounds[keyword] ?? bound;
    bounds[keyword] = isLower ? Math.max(known, bound) : Math.min(known, bound);
  }
  return bounds;
}

/** A schema that Zod itself cannot say in JSON Schema; undefined when we cannot either. */
function ownSchema(schema: z.core.$ZodType): JsonSchema | undefined {
  const wide = wideFormat(schema);
  if (wide !== undefined) {
    const least: JsonSchema = wide === 'uint64' ? { minimum: 0 } : {};
    return { type: 'integer', format: wide, ...least, ...bigintBounds(schema) };
  }
  const bytes = bytesLimits(schema);
  if (bytes === undefined) return undefined;
  return {
    type: 'string',
    contentEncoding: 'base64',
    weirType: 'bytes',
    ...(bytes.min === undefined ? {} : { weirMinBytes: bytes.min }),
    ...(bytes.max === undefined ? {} : { weirMaxBytes: bytes.max }),
  };
}

/** The range of a float is its format; what an author adds stays. */
function dropFloatRange(json: z.core.JSONSchema.BaseSchema): void {
  const largest = (2 - 2 ** -23) * 2 ** 127;
  if (json.minimum === -largest) delete json.minimum;
  if (json.maximum === largest) delete json.maximum;
}

/**
 * @param where the schema's place in the library, for errors: `methods.format.input`
 * @throws ContractError
 */
export function jsonSchemaOf(schema: z.ZodType, direction: Direction, where: string): JsonSchema {
  const place = (path: readonly PropertyKey[]) => [where, ...path.map(String)].join('.');
  try {
    const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
      target: 'draft-2020-12',
      io: direction,
      unrepresentable: ({ zodSchema, path, message }) => {
        const own = ownSchema(zodSchema);
        if (own !== undefined) return own as z.core.JSONSchema.BaseSchema;
        throw new ContractError(`${place(path)}: ${ADVICE[zodSchema._zod.def.type] ?? message}`);
      },
      override: ({ zodSchema, jsonSchema }) => {
        const format = numberFormat(zodSchema) ?? zodFormat(zodSchema);
        if (format !== undefined) jsonSchema.format = format;
        if (format === 'float') dropFloatRange(jsonSchema);
        const def = zodSchema._zod.def as { type: string; catchall?: unknown };
        // Hosts skip what they do not know: that an output has it must not break them.
        if (def.type === 'object' && def.catchall === undefined) {
          delete jsonSchema.additionalProperties;
        }
      },
    });
    return json as JsonSchema;
  } catch (error) {
    if (error instanceof ContractError) throw error;
    throw new ContractError(`${where}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * wide-integers.ts: which integers of a contract are bigint in TypeScript, and making them so.
 *
 * The wire has a number wherever one is exact, so that 5 of an int64 decodes to a number. A typed
 * client has one type for a place: `bigint` where the schema is of 64 bits and allows more than
 * numbers hold, `number` for all others, those with a `minimum` and `maximum` in between included.
 *
 * Where schemas meet, in a union or a tuple, the place is bigint when one of them is, unless one is
 * a float: then it stays what it decoded to, and the type is both.
 */

import { numberRange } from './ranges.js';
import type { JsonSchema } from './types.js';

type Definitions = { readonly [name: string]: JsonSchema };

/** Whether an integer of this schema may be beyond what a number holds exactly. */
export function isWideInteger(schema: JsonSchema): boolean {
  if (schema.format !== 'int64' && schema.format !== 'uint64') return false;
  const { low, high } = numberRange(schema);
  return low < Number.MIN_SAFE_INTEGER || high > Number.MAX_SAFE_INTEGER;
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): JsonSchema[] =>
  Array.isArray(value) ? value.filter(isSchema) : isSchema(value) ? [value] : [];

function referenced({ $ref }: JsonSchema, definitions: Definitions): JsonSchema | undefined {
  const name = typeof $ref === 'string' ? /^#\/\$defs\/([^/~%]+)$/.exec($ref)?.[1] : undefined;
  return name !== undefined && Object.hasOwn(definitions, name) ? definitions[name] : undefined;
}

/** A schema and all that it is made of at the same place. */
function flatten(
  schemas: readonly JsonSchema[],
  definitions: Definitions,
  found = new Set<JsonSchema>(),
): Set<JsonSchema> {
  for (const schema of schemas) {
    if (found.has(schema)) continue;
    found.add(schema);
    const parts = [schema.anyOf, schema.oneOf, schema.allOf].flatMap(listOf);
    const target = referenced(schema, definitions);
    flatten(target === undefined ? parts : [...parts, target], definitions, found);
  }
  return found;
}

const itemsOf = ({ items, prefixItems }: JsonSchema): JsonSchema[] =>
  [items, prefixItems].flatMap(listOf);

const propertiesOf = ({ properties }: JsonSchema): Definitions =>
  isSchema(properties) ? (properties as Definitions) : {};

/** The schemas of a property. */
function memberOf(schema: JsonSchema, key: string): JsonSchema[] {
  const properties = propertiesOf(schema);
  return listOf(Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties);
}

/** Whether there is one anywhere in what a schema allows. */
function hasWide(schema: JsonSchema, definitions: Definitions, seen: Set<JsonSchema>): boolean {
  const unseen = [...flatten([schema], definitions)].filter((one) => !seen.has(one));
  for (const one of unseen) seen.add(one);
  return unseen.some((one) => {
    if (isWideInteger(one)) return true;
    const inner = [
      ...itemsOf(one),
      ...Object.values(propertiesOf(one)),
      ...listOf(one.additionalProperties),
    ];
    return inner.some((part) => hasWide(part, definitions, seen));
  });
}

/** What tells the variants of a union apart: a property of one value. */
const fits = (schema: JsonSchema, value: Record<string, unknown>): boolean =>
  Object.entries(propertiesOf(schema)).every(
    ([key, member]) => member.const === undefined || value[key] === member.const,
  );

class Widener {
  private readonly known = new Map<JsonSchema, readonly JsonSchema[]>();

  constructor(private readonly definitions: Definitions) {}

  /**
   * Changes objects and arrays in place: nobody else has what was just decoded.
   *
   * @param schemas of the place, with all that they are made of
   */
  widen(schemas: readonly JsonSchema[], value: unknown): unknown {
    if (typeof value === 'number') return widened(schemas, value);
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) this.widenItems(schemas, value);
    else this.widenMembers(schemas, value as Record<string, unknown>);
    return value;
  }

  /** A schema and all that it is made of. */
  parts(schema: JsonSchema): readonly JsonSchema[] {
    let parts = this.known.get(schema);
    if (parts === undefined) {
      parts = [...flatten([schema], this.definitions)];
      this.known.set(schema, parts);
    }
    return parts;
  }

  private widenItems(schemas: readonly JsonSchema[], values: unknown[]): void {
    const items = schemas.flatMap(itemsOf).flatMap((item) => this.parts(item));
    if (items.length === 0) return;
    for (let at = 0; at < values.length; at++) values[at] = this.widen(items, values[at]);
  }

  private widenMembers(schemas: readonly JsonSchema[], object: Record<string, unknown>): void {
    const variants = schemas.filter((schema) => fits(schema, object));
    for (const key of Object.keys(object)) {
      const members = variants.flatMap((schema) => memberOf(schema, key));
      const parts = members.flatMap((member) => this.parts(member));
      // To assign to this name would change what the object inherits from.
      if (parts.length > 0 && key !== '__proto__') object[key] = this.widen(parts, object[key]);
    }
  }
}

function widened(schemas: readonly JsonSchema[], value: number): number | bigint {
  const isFloat = schemas.some(({ type }) => type === 'number');
  return !isFloat && Number.isSafeInteger(value) && schemas.some(isWideInteger)
    ? BigInt(value)
    : value;
}

/**
 * What makes a decoded value of this schema fit its type; undefined where there is nothing to do.
 *
 * @param definitions `$defs` of the contract
 */
export function widenerOf(
  schema: JsonSchema,
  definitions: Definitions = {},
): ((value: unknown) => unknown) | undefined {
  if (!hasWide(schema, definitions, new Set())) return undefined;
  const widener = new Widener(definitions);
  const parts = widener.parts(schema);
  return (value) => widener.widen(parts, value);
}

/** Alternatives of a schema (anyOf, oneOf, a list of types), and which became which. */

import { canonicalJson } from './canonical.js';
import { allowedValues } from './ranges.js';
import type { Json, JsonSchema } from './types.js';

const isSchema = (value: Json): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The alternatives of a schema; the schema itself where it has none. */
export function variantsOf(schema: JsonSchema): JsonSchema[] {
  const { anyOf, oneOf, type, ...rest } = schema;
  const listed = anyOf ?? oneOf;
  if (Array.isArray(listed) && type === undefined) {
    // Members, with what stands beside the list; descriptions beside it are not theirs.
    return listed.filter(isSchema).flatMap(variantsOf);
  }
  if (Array.isArray(type)) return type.map((one) => ({ ...rest, type: one }));
  return [schema];
}

export const isNull = (schema: JsonSchema): boolean => schema.type === 'null';

/** What tells an alternative from the others: its type, or its constant properties. */
function signature(schema: JsonSchema): string {
  const properties = isSchema(schema.properties ?? null)
    ? (schema.properties as { [name: string]: JsonSchema })
    : {};
  const constants = Object.entries(properties)
    .map(([name, one]) => [name, allowedValues(one)] as const)
    .filter(([, values]) => values?.size === 1)
    .map(([name, values]) => `${name}=${[...(values ?? [])]}`);
  const kind = schema.weirType ?? schema.type ?? 'any';
  return constants.length > 0 ? constants.sort().join() : `${canonicalJson(kind)}`;
}

export interface Pairing {
  pairs: [JsonSchema, JsonSchema][];
  removed: JsonSchema[];
  added: JsonSchema[];
}

/** Pairs each old alternative with the new one that it is, or has become. */
export function pairVariants(olds: JsonSchema[], news: JsonSchema[]): Pairing {
  const pairing: Pairing = { pairs: [], removed: [...olds], added: [...news] };
  for (const key of [canonicalJson, signature]) {
    for (const old of [...pairing.removed]) {
      const index = pairing.added.findIndex((one) => key(one) === key(old));
      if (index < 0) continue;
      pairing.pairs.push([old, ...pairing.added.splice(index, 1)] as [JsonSchema, JsonSchema]);
      pairing.removed.splice(pairing.removed.indexOf(old), 1);
    }
  }
  return pairing;
}

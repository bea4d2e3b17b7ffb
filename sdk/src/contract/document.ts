/** Makes the contract document of a library from its schemas. */

import type * as z from 'zod';
import { payloadKind } from '../author/payload.js';
import type { LibrarySpec } from '../author/types.js';
import { canonicalJson } from './canonical.js';
import { type Direction, jsonSchemaOf } from './json-schema.js';
import type { ContractDocument, ContractMethod, Json, JsonSchema } from './types.js';

/** Definitions of one document: those of all its schemas, under names that do not collide. */
class Definitions {
  private readonly byName = new Map<string, JsonSchema>();

  /** A name for `schema`: `wanted`, or with a number when another schema has that. */
  name(wanted: string, schema: JsonSchema): string {
    const text = canonicalJson(schema);
    for (let count = 1; ; count++) {
      const name = count === 1 ? wanted : `${wanted}${count}`;
      const there = this.byName.get(name);
      if (there === undefined) this.byName.set(name, schema);
      if (there === undefined || canonicalJson(there) === text) return name;
    }
  }

  set(name: string, schema: JsonSchema): void {
    this.byName.set(name, schema);
  }

  get all(): { [name: string]: JsonSchema } {
    return Object.fromEntries(this.byName);
  }
}

/** The same JSON with each `$ref` as `rename` has it, and without `$defs`. */
function withRefs(json: Json, rename: (ref: string) => string): Json {
  if (Array.isArray(json)) return json.map((one) => withRefs(one, rename));
  if (typeof json !== 'object' || json === null) return json;
  const entries = Object.entries(json)
    .filter(([key]) => key !== '$defs')
    .map(([key, value]): [string, Json] =>
      key === '$ref' && typeof value === 'string'
        ? [key, rename(value)]
        : [key, withRefs(value, rename)],
    );
  return Object.fromEntries(entries);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `methods.format.input` as a name: `FormatInput`. */
const typeName = (where: string): string => {
  const words = where.replace(/^(methods|events|errors)\./, '').split(/[^A-Za-z0-9]+/);
  return words.map(capital).join('');
};

/** Moves the definitions of a schema into the document and points its references there. */
function hoist(schema: JsonSchema, where: string, definitions: Definitions): JsonSchema {
  const own = (schema.$defs ?? {}) as { [name: string]: JsonSchema };
  const base = typeName(where);
  const names = new Map<string, string>();
  for (const [name, definition] of Object.entries(own)) {
    const wanted = name.startsWith('__schema') ? `${base}Part` : name;
    names.set(`#/$defs/${name}`, definitions.name(wanted, definition));
  }
  const body = withRefs(schema, (ref) => ref) as JsonSchema;
  const refersToItself = JSON.stringify(body).includes('"$ref":"#"') || hasRootRef(own);
  if (refersToItself) names.set('#', definitions.name(base, body));
  const rename = (ref: string): string => {
    const name = names.get(ref);
    return name === undefined ? ref : `#/$defs/${name}`;
  };
  for (const [name, definition] of Object.entries(own)) {
    definitions.set(
      names.get(`#/$defs/${name}`) as string,
      withRefs(definition, rename) as JsonSchema,
    );
  }
  const moved = withRefs(body, rename) as JsonSchema;
  if (!refersToItself) return moved;
  definitions.set(names.get('#') as string, moved);
  return { $ref: rename('#') };
}

const hasRootRef = (definitions: unknown): boolean =>
  JSON.stringify(definitions).includes('"$ref":"#"');

/** @throws ContractError that names the schema which has no form in a contract */
export function contractOf(spec: LibrarySpec): ContractDocument {
  const definitions = new Definitions();
  const schemaOf = (
    schema: z.ZodType | undefined,
    direction: Direction,
    where: string,
  ): JsonSchema | null => {
    if (schema === undefined || payloadKind(schema) === 'none') return null;
    return hoist(jsonSchemaOf(schema, direction, where), where, definitions);
  };
  const each = <T, R>(
    record: Readonly<Record<string, T>> | undefined,
    map: (v: T, k: string) => R,
  ) =>
    Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [key, map(value, key)]));
  const contract: ContractDocument = {
    weir: 1,
    name: spec.name,
    version: spec.version,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    config: schemaOf(spec.config, 'input', 'config'),
    methods: each(
      spec.methods,
      ({ input, output, description }, name): ContractMethod => ({
        input: schemaOf(input, 'input', `methods.${name}.input`),
        output: schemaOf(output, 'output', `methods.${name}.output`),
        ...(description === undefined ? {} : { description }),
      }),
    ),
    events: each(spec.events, (schema, name) => schemaOf(schema, 'output', `events.${name}`)),
    errors: each(spec.errors, (schema, code) => schemaOf(schema, 'output', `errors.${code}`)),
  };
  const all = definitions.all;
  return Object.keys(all).length === 0 ? contract : { ...contract, $defs: all };
}

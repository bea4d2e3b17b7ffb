/**
 * variants.ts: keeps apart objects that a schema allows side by side.
 *
 * quicktype makes one class of all objects of a union. For a language that has unions, each such
 * object becomes a root of its own here, and a placeholder, which quicktype takes for a text,
 * stands where they were.
 */

import type { Json, JsonSchema } from '../contract/index.js';

export interface Split {
  readonly roots: ReadonlyMap<string, JsonSchema>;
  readonly definitions: { readonly [name: string]: JsonSchema };
  /** The roots that each placeholder stands for. */
  readonly unions: ReadonlyMap<string, readonly string[]>;
}

const isSchema = (value: Json | undefined): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members whose values are keyed by names of the author: their keys are no keywords. */
const NAMED = new Set(['properties', '$defs', 'patternProperties']);

const definitionName = (reference: Json | undefined): string | undefined =>
  /^#\/\$defs\/([^/~%]+)$/.exec(String(reference))?.[1];

/** `{ kind: { const: 'circle' } }` is called circle. */
function tagOf({ properties }: JsonSchema): string | undefined {
  if (!isSchema(properties)) return undefined;
  for (const property of Object.values(properties)) {
    if (isSchema(property) && typeof property.const === 'string') return property.const;
  }
  return undefined;
}

class Splitter {
  readonly roots = new Map<string, JsonSchema>();
  readonly unions = new Map<string, readonly string[]>();

  constructor(
    private readonly definitions: { readonly [name: string]: JsonSchema },
    private readonly taken: Set<string>,
  ) {}

  /** @param name of the type that is made of the schema, for the names of its variants */
  split(schema: JsonSchema, name: string): JsonSchema {
    const own = Object.entries(schema).map(([keyword, value]): [string, Json] => {
      if (NAMED.has(keyword) && isSchema(value)) return [keyword, this.members(value)];
      if (keyword === 'anyOf' || keyword === 'oneOf') return [keyword, this.union(value, name)];
      if (keyword === 'items' && isSchema(value)) return [keyword, this.split(value, name)];
      if (keyword === 'additionalProperties' && isSchema(value)) {
        return [keyword, this.split(value, name)];
      }
      return [keyword, value];
    });
    return Object.fromEntries(own);
  }

  private members(schemas: JsonSchema): JsonSchema {
    const split = Object.entries(schemas).map(([name, value]): [string, Json] => [
      name,
      isSchema(value) ? this.split(value, name) : value,
    ]);
    return Object.fromEntries(split);
  }

  private isObject(schema: JsonSchema): boolean {
    const target = this.definitions[definitionName(schema.$ref) ?? ''];
    return (target ?? schema).type === 'object' && isSchema((target ?? schema).properties);
  }

  private union(value: Json, name: string): Json {
    if (!Array.isArray(value)) return value;
    const cases = value.filter(isSchema);
    const objects = cases.filter((one) => this.isObject(one));
    const others = cases.filter((one) => !this.isObject(one));
    const hasText = others.some(({ type, $ref }) => type !== 'null' && (type === 'string' || $ref));
    if (objects.length < 2 || hasText) return cases.map((one) => this.split(one, name));
    const id = `union:${this.unions.size}`;
    this.unions.set(id, []); // so that the unions within get other numbers
    this.unions.set(
      id,
      objects.map((one, index) => this.variant(one, name, index)),
    );
    return [{ type: 'string', weirUnion: id }, ...others.map((one) => this.split(one, name))];
  }

  /** The root of one variant. */
  private variant(schema: JsonSchema, name: string, index: number): string {
    const definition = definitionName(schema.$ref);
    const wanted = definition ?? `${name}_${tagOf(schema) ?? index + 1}`;
    let root = wanted;
    for (let count = 2; this.taken.has(root); count++) root = `${wanted}${count}`;
    if (definition !== undefined && this.roots.has(definition)) return definition;
    this.taken.add(root);
    this.roots.set(root, definition === undefined ? this.split(schema, root) : schema);
    return root;
  }
}

export function splitVariants(
  roots: ReadonlyMap<string, JsonSchema>,
  definitions: { readonly [name: string]: JsonSchema },
): Split {
  const splitter = new Splitter(definitions, new Set(roots.keys()));
  const split = (entries: Iterable<[string, JsonSchema]>) =>
    [...entries].map(([name, schema]): [string, JsonSchema] => [
      name,
      splitter.split(schema, name),
    ]);
  const own = split(roots);
  const others = split(Object.entries(definitions));
  return {
    roots: new Map([...own, ...splitter.roots]),
    definitions: Object.fromEntries(others),
    unions: splitter.unions,
  };
}

/**
 * parse.ts: reads a contract document that came from anywhere.
 *
 * Guarantees, for any text or bytes: a document whose parts have the types that ContractDocument
 * says, whose schemas are schemas in the keywords that weir knows and whose references lead
 * somewhere; or a ContractError with a JSON pointer or a byte offset. Unknown keywords stay.
 */

import { jsonPointer } from '../wire/error.js';
import { ContractError } from './error.js';
import { readJson } from './json.js';
import type { ContractDocument, Json } from './types.js';

type Path = readonly (string | number)[];
type JsonObject = { [key: string]: Json };

function refuse(path: Path, why: string): never {
  const pointer = jsonPointer(path);
  const where = pointer === '' ? 'it' : pointer;
  throw new ContractError(`not a contract: ${where} ${why}`, pointer);
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function objectAt(value: Json | undefined, path: Path): JsonObject {
  return isObject(value) ? value : refuse(path, 'is not an object');
}

function textAt(value: Json | undefined, path: Path): string {
  return typeof value === 'string' ? value : refuse(path, 'is not a text');
}

function optionalText(value: Json | undefined, path: Path): void {
  if (value !== undefined) textAt(value, path);
}

/** Looks at schemas and remembers where each refers to. */
class Schemas {
  readonly refs: { target: string; path: Path }[] = [];

  schema(value: Json | undefined, path: Path): void {
    const schema = objectAt(value, path);
    for (const [keyword, inner] of Object.entries(schema)) this.keyword(keyword, inner, path);
  }

  schemaOrNull(value: Json | undefined, path: Path): void {
    if (value !== null) this.schema(value, path);
  }

  eachSchema(value: Json | undefined, path: Path): void {
    for (const [name, inner] of Object.entries(objectAt(value, path))) {
      this.schema(inner, [...path, name]);
    }
  }

  private schemaOrBoolean(value: Json, path: Path): void {
    if (typeof value !== 'boolean') this.schema(value, path);
  }

  private list(value: Json, path: Path, each: (one: Json, path: Path) => void): void {
    if (!Array.isArray(value)) refuse(path, 'is not a list');
    for (const [index, one] of value.entries()) each(one, [...path, index]);
  }

  private keyword(keyword: string, value: Json, parent: Path): void {
    const path = [...parent, keyword];
    if (MAPS.has(keyword)) this.eachSchema(value, path);
    else if (SINGLE.has(keyword)) this.schemaOrBoolean(value, path);
    else if (LISTS.has(keyword)) this.list(value, path, (one, at) => this.schema(one, at));
    else if (keyword === 'required') this.list(value, path, textAt);
    else if (keyword === 'enum') this.list(value, path, () => undefined);
    else if (keyword === 'type' && Array.isArray(value)) this.list(value, path, textAt);
    else if (keyword === '$ref') this.refs.push({ target: textAt(value, path), path });
    else checkScalar(keyword, value, path);
  }
}

const MAPS = new Set(['properties', 'patternProperties', '$defs']);
const SINGLE = new Set(['items', 'additionalProperties', 'propertyNames', 'not']);
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const NUMBERS = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'],
  ...['weirMinBytes', 'weirMaxBytes'],
]);
const TEXTS = new Set([
  'type',
  'format',
  'pattern',
  'description',
  'title',
  'contentEncoding',
  'weirType',
]);

function checkScalar(keyword: string, value: Json, path: Path): void {
  if (NUMBERS.has(keyword) && typeof value !== 'number') refuse(path, 'is not a number');
  if (TEXTS.has(keyword)) textAt(value, path);
}

const REF = /^#\/\$defs\/(.+)$/;

function checkRefs(schemas: Schemas, defs: JsonObject): void {
  for (const { target, path } of schemas.refs) {
    const name = REF.exec(target)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (name === undefined || !Object.hasOwn(defs, name)) {
      refuse(path, `refers to ${JSON.stringify(target)}, which is not in $defs`);
    }
  }
}

function checkMethods(value: Json | undefined, schemas: Schemas): void {
  for (const [name, one] of Object.entries(objectAt(value, ['methods']))) {
    const path = ['methods', name];
    const method = objectAt(one, path);
    schemas.schemaOrNull(method.input, [...path, 'input']);
    schemas.schemaOrNull(method.output, [...path, 'output']);
    optionalText(method.description, [...path, 'description']);
  }
}

/** Checks a parsed document. @throws ContractError with a `path` */
export function checkContract(value: Json): ContractDocument {
  const document = objectAt(value, []);
  if (document.weir !== 1) refuse(['weir'], 'is not 1, the only form that is known');
  textAt(document.name, ['name']);
  // The document that a library file holds, and that is hashed, has no version.
  optionalText(document.version, ['version']);
  optionalText(document.description, ['description']);
  const schemas = new Schemas();
  schemas.schemaOrNull(document.config ?? null, ['config']);
  checkMethods(document.methods, schemas);
  for (const part of ['events', 'errors'] as const) {
    for (const [name, schema] of Object.entries(objectAt(document[part], [part]))) {
      schemas.schemaOrNull(schema, [part, name]);
    }
  }
  const defs = document.$defs === undefined ? {} : objectAt(document.$defs, ['$defs']);
  schemas.eachSchema(defs, ['$defs']);
  checkRefs(schemas, defs);
  return { version: '', config: null, ...document } as unknown as ContractDocument;
}

/**
 * Read a contract document.
 *
 * @param source JSON, as a text or as UTF-8; at most 1 MiB, 64 deep
 * @throws ContractError with a `path` (a JSON pointer) or an `offset` (of the byte)
 */
export function parseContract(source: string | Uint8Array): ContractDocument {
  return checkContract(readJson(source));
}

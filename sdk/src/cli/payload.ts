/**
 * payload.ts: between the JSON of a command line and the payloads of a library, by its contract.
 *
 * What JSON has no word for: bytes are base64, and an integer beyond 2^53 is a text of digits. What
 * does not fit the contract is refused with its place, before anything is started.
 */

import type { ContractDocument, Json, JsonSchema } from '../contract/index.js';
import { isBytesSchema } from '../generate/model.js';
import { readable } from '../generate/readable.js';
import { decode, encode, jsonPointer } from '../wire/index.js';
import { CliError, EXIT, messageOf } from './errors.js';

type Path = readonly (string | number)[];

/** A value that is not what the schema says. */
class Mismatch extends Error {
  constructor(
    message: string,
    readonly path: Path,
  ) {
    super(message);
  }
}

const isRecord = (value: unknown): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const schemas = (value: Json | undefined): JsonSchema[] =>
  Array.isArray(value) ? value.filter(isRecord) : [];

const kindOf = (value: Json): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

const INTEGER = /^-?\d{1,20}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** [least, most] of an integer format. */
function range(format: string): [bigint, bigint] | undefined {
  const match = /^(u?)int(8|16|32|64)$/.exec(format);
  if (!match) return undefined;
  const bits = BigInt(match[2] ?? 0);
  return match[1] === 'u' ? [0n, 2n ** bits - 1n] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

/** Turns JSON into what the wire carries, along a schema. */
class Reader {
  constructor(private readonly definitions: { readonly [name: string]: JsonSchema }) {}

  read(schema: JsonSchema, value: Json, path: Path): unknown {
    if (typeof schema.$ref === 'string') return this.reference(schema.$ref, value, path);
    if (isBytesSchema(schema)) return readBytes(value, path);
    const cases = [...schemas(schema.anyOf), ...schemas(schema.oneOf)];
    if (cases.length > 0) return this.oneOf(cases, value, path);
    const all = schemas(schema.allOf);
    if (all.length > 0) return all.reduce<unknown>((_, one) => this.read(one, value, path), value);
    if ('const' in schema && schema.const !== value) {
      throw new Mismatch(`must be ${JSON.stringify(schema.const)}`, path);
    }
    if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
      throw new Mismatch(`must be one of ${readable(schema)}`, path);
    }
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    if (schema.type === undefined) return value;
    return this.typed(schema, types.map(String), value, path);
  }

  private reference(reference: string, value: Json, path: Path): unknown {
    const target = this.definitions[reference.replace(/^#\/\$defs\//, '')];
    return target === undefined ? value : this.read(target, value, path);
  }

  private oneOf(cases: readonly JsonSchema[], value: Json, path: Path): unknown {
    let deepest: Mismatch | undefined;
    for (const one of cases) {
      try {
        return this.read(one, value, path);
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
        if (!deepest || error.path.length > deepest.path.length) deepest = error;
      }
    }
    if (deepest && deepest.path.length > path.length) throw deepest;
    throw new Mismatch(`must be ${cases.map((one) => readable(one)).join(' | ')}`, path);
  }

  private typed(schema: JsonSchema, types: readonly string[], value: Json, path: Path): unknown {
    if (types.includes('integer') && (typeof value === 'number' || isWideText(schema, value))) {
      return readInteger(schema, value, path);
    }
    const kind = kindOf(value);
    if (!types.includes(kind)) {
      const wanted = types.map((type) => readable({ ...schema, type })).join(' or ');
      throw new Mismatch(`must be ${wanted}, not ${kind}`, path);
    }
    if (isRecord(value)) return this.object(schema, value, path);
    if (Array.isArray(value)) return this.array(schema, value, path);
    return value;
  }

  private array(schema: JsonSchema, value: readonly Json[], path: Path): unknown {
    const tuple = schemas(schema.prefixItems);
    const rest = isRecord(schema.items) ? schema.items : undefined;
    return value.map((item, index) => {
      const of = tuple[index] ?? rest;
      return of === undefined ? item : this.read(of, item, [...path, index]);
    });
  }

  private object(schema: JsonSchema, value: { [key: string]: Json }, path: Path): unknown {
    const properties = isRecord(schema.properties) ? schema.properties : {};
    for (const name of Array.isArray(schema.required) ? schema.required : []) {
      if (!Object.hasOwn(value, String(name)))
        throw new Mismatch('is missing', [...path, String(name)]);
    }
    const others = schema.additionalProperties;
    const members = Object.entries(value).map(([name, member]): [string, unknown] => {
      const own = Object.hasOwn(properties, name) ? properties[name] : others;
      if (own === false) throw new Mismatch('is not known', [...path, name]);
      return [name, isRecord(own) ? this.read(own, member, [...path, name]) : member];
    });
    return Object.fromEntries(members);
  }
}

const isWideText = (schema: JsonSchema, value: Json): boolean =>
  /^u?int64$/.test(String(schema.format)) && typeof value === 'string' && INTEGER.test(value);

function readInteger(schema: JsonSchema, value: Json, path: Path): number | bigint {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new Mismatch('must be an integer', path);
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new Mismatch('is beyond 2^53: write it as a text of digits', path);
  }
  const exact = BigInt(value as string | number);
  const [least, most] = range(String(schema.format)) ?? [undefined, undefined];
  if (least !== undefined && most !== undefined && (exact < least || exact > most)) {
    throw new Mismatch(`must be ${String(schema.format)}: ${least} to ${most}`, path);
  }
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function readBytes(value: Json, path: Path): Uint8Array {
  if (typeof value !== 'string' || !BASE64.test(value)) {
    throw new Mismatch('must be bytes, written as base64', path);
  }
  return new Uint8Array(Buffer.from(value, 'base64'));
}

/** What JSON can say of a value from the wire. */
function jsonOf(value: unknown): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, jsonOf(one)]));
  }
  return value as Json;
}

const refuse = (what: string, message: string, path?: string): never => {
  throw new CliError('ERR_WEIR_INPUT', `${what}: ${message}`, {
    exitCode: EXIT.usage,
    ...(path === undefined ? {} : { data: { path } }),
  });
};

/**
 * The bytes of a payload.
 *
 * @param what 'input' or 'config', for messages
 * @param text JSON; undefined when none was given
 * @throws CliError ERR_WEIR_INPUT that names the place, such as `input at /files/0/path`
 */
export function payloadFrom(
  contract: ContractDocument,
  schema: JsonSchema | null,
  text: string | undefined,
  what: string,
): Uint8Array {
  if (schema === null) {
    return text === undefined ? new Uint8Array() : refuse(what, 'it takes none');
  }
  if (text === undefined) {
    return refuse(what, `it takes ${readable(schema)} and none was given`);
  }
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return refuse(what, `not JSON: ${messageOf(error)}`);
  }
  try {
    const read = new Reader(contract.$defs ?? {}).read(schema, value, []);
    return isBytesSchema(schema) ? (read as Uint8Array) : encode(read);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const pointer = jsonPointer(error.path);
    return refuse(pointer === '' ? what : `${what} at ${pointer}`, error.message, pointer);
  }
}

/** A payload as JSON; undefined for none. */
export function jsonFrom(schema: JsonSchema | null, payload: Uint8Array): Json | undefined {
  if (schema === null) return undefined;
  return jsonOf(isBytesSchema(schema) ? payload : decode(payload));
}

export interface Failure {
  readonly message: string;
  /** Of a declared error. */
  readonly code?: string;
  readonly details?: Json;
  readonly path?: string;
  readonly stack?: string;
}

/** What a failed response says: a text, and behind a zero byte a JSON document. */
export function parseFailure(payload: Uint8Array): Failure {
  const zero = payload.indexOf(0);
  const text = Buffer.from(zero < 0 ? payload : payload.subarray(0, zero)).toString('utf8');
  if (zero < 0) return { message: text };
  try {
    const more = JSON.parse(Buffer.from(payload.subarray(zero + 1)).toString('utf8')) as Failure;
    return { ...more, message: text };
  } catch {
    return { message: text };
  }
}

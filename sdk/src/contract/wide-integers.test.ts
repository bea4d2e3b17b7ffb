/** Which integers are bigint, in types and at run time: by the golden vectors, and by place. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { generate } from '../generate/generate.js';
import { SAMPLE } from '../generate/testing/sample-contract.js';
import { int8, int16, int32, int64, uint8, uint16, uint32, uint64 } from '../schema/numbers.js';
import { decode, encode } from '../wire/index.js';
import { type JsonSchema, widenerOf } from './index.js';

const schemas = { int8, int16, int32, int64, uint8, uint16, uint32, uint64 };

type Format = keyof typeof schemas;
interface Vector {
  format: Format;
  minimum?: number;
  maximum?: number;
  hex: string;
  int: string;
  wide?: boolean;
}

const file = new URL('../../vectors/integers.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as { kept: Vector[]; refused: Vector[] };

const schemaOf = ({ hex, int, wide, ...range }: Vector): JsonSchema => ({
  type: 'integer',
  ...(range as JsonSchema),
});
const widen = (schema: JsonSchema, value: unknown, $defs = {}): unknown =>
  (widenerOf(schema, $defs) ?? ((same) => same))(value);

describe('the golden vectors', () => {
  test.each(vectors.kept)('$format $int', async (vector) => {
    const bytes = Buffer.from(vector.hex, 'hex');
    const schema = schemaOf(vector);
    const value = widen(schema, decode(bytes));
    expect(value).toBe(vector.wide ? BigInt(vector.int) : Number(vector.int));
    expect(Buffer.from(encode(value)).toString('hex')).toBe(vector.hex);
    const methods = { one: { input: null, output: schema } };
    const [types] = await generate('ts', { ...SAMPLE, methods });
    expect(types?.text).toContain(`output: ${typeof value} }`);
  });

  test.each(vectors.refused)('$format refuses $hex', ({ format, hex }) => {
    const schema = schemas[format]();
    expect(schema.safeParse(decode(Buffer.from(hex, 'hex'))).success).toBe(false);
  });
});

const wide: JsonSchema = { type: 'integer', format: 'int64' };
const small: JsonSchema = { type: 'integer', format: 'int32' };
const object = (properties: JsonSchema): JsonSchema => ({ type: 'object', properties });

test('those in lists, maps, properties and definitions', () => {
  const $defs = {
    Node: object({ id: wide, kids: { type: 'array', items: { $ref: '#/$defs/Node' } } }),
  };
  const schema = object({
    list: { type: 'array', items: wide },
    map: { type: 'object', additionalProperties: wide },
    node: { $ref: '#/$defs/Node' },
    small,
    text: { type: 'string' },
    data: { type: 'string', weirType: 'bytes' },
  });
  const data = new Uint8Array([1]);
  const value = {
    list: [1, 2],
    map: { a: 1 },
    node: { id: 1, kids: [{ id: 2, kids: [] }] },
    ...{ small: 3, text: 'x', data },
  };
  expect(widen(schema, value, $defs)).toEqual({
    list: [1n, 2n],
    map: { a: 1n },
    node: { id: 1n, kids: [{ id: 2n, kids: [] }] },
    ...{ small: 3, text: 'x', data },
  });
});

test('a union is told apart by what stands in it', () => {
  const circle = object({ kind: { const: 'circle' }, size: wide });
  const square = object({ kind: { const: 'square' }, size: small });
  const schema = { type: 'array', items: { oneOf: [circle, square, wide, { type: 'null' }] } };
  const value = [{ kind: 'circle', size: 1 }, { kind: 'square', size: 1 }, 1, null];
  const widened = [{ kind: 'circle', size: 1n }, { kind: 'square', size: 1 }, 1n, null];
  expect(widen(schema, value)).toEqual(widened);
});

test('integers at one place are as wide as the widest; beside floats they stay', () => {
  expect(widen({ anyOf: [small, wide] }, 5)).toBe(5n);
  expect(widen({ anyOf: [{ type: 'number' }, wide] }, 5)).toBe(5);
  expect(widen({ type: 'array', prefixItems: [small, wide] }, [1, 2])).toEqual([1n, 2n]);
});

test('a schema without any has nothing to do, also one that refers to itself', () => {
  const $defs = { Node: object({ kids: { type: 'array', items: { $ref: '#/$defs/Node' } } }) };
  expect(widenerOf({ $ref: '#/$defs/Node' }, $defs)).toBeUndefined();
  expect(widenerOf(object({ small, float: { type: 'number' } }))).toBeUndefined();
});

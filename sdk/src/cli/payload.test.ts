import { expect, test } from '@jest/globals';
import type { ContractDocument, JsonSchema } from '../contract/index.js';
import { decode, encode } from '../wire/index.js';
import { jsonFrom, parseFailure, payloadFrom } from './payload.js';

const bytes: JsonSchema = { type: 'string', contentEncoding: 'base64', weirType: 'bytes' };
const object = (properties: JsonSchema, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const contract = {
  weir: 1,
  name: 'x',
  version: '1.0.0',
  config: null,
  methods: {},
  events: {},
  errors: {},
  $defs: { Node: object({ kids: { type: 'array', items: { $ref: '#/$defs/Node' } } }) },
} satisfies ContractDocument;

const read = (schema: JsonSchema, json: string): unknown =>
  decode(payloadFrom(contract, schema, json, 'input'));

test('JSON becomes what the contract says', () => {
  const schema = object({
    text: { type: 'string' },
    data: bytes,
    big: { type: 'integer', format: 'uint64' },
    maybe: { anyOf: [{ type: 'integer', format: 'int8' }, { type: 'null' }] },
    list: { type: 'array', items: { type: 'number' } },
    map: { type: 'object', additionalProperties: bytes },
    pair: { type: 'array', prefixItems: [{ type: 'string' }, bytes] },
    any: {},
  });
  const json =
    '{"text":"ä","data":"aGk=","big":"18446744073709551615","maybe":null,"list":[1,2.5],' +
    '"map":{"a":"AA=="},"pair":["x","AQ"],"any":{"b":[true]}}';
  expect(read(schema, json)).toEqual({
    text: 'ä',
    data: new Uint8Array([104, 105]),
    big: 18446744073709551615n,
    maybe: null,
    list: [1, 2.5],
    map: { a: new Uint8Array([0]) },
    pair: ['x', new Uint8Array([1])],
    any: { b: [true] },
  });
});

test('bytes as a whole cross as they are, and nothing as nothing', () => {
  expect(payloadFrom(contract, bytes, '"aGk="', 'input')).toEqual(new Uint8Array([104, 105]));
  expect(payloadFrom(contract, null, undefined, 'input')).toEqual(new Uint8Array());
});

test.each([
  [object({ a: { type: 'string' } }, { required: ['a'] }), '{}', 'input at /a: is missing'],
  [
    object({ a: { type: 'array', items: { type: 'boolean' } } }),
    '{"a":[true,1]}',
    'input at /a/1: must be boolean, not number',
  ],
  [object({}, { additionalProperties: false }), '{"b/c":1}', 'input at /b~1c: is not known'],
  [{ type: 'integer', format: 'uint8' }, '256', 'input: must be uint8: 0 to 255'],
  [
    { type: 'integer', format: 'int64' },
    '"9223372036854775808"',
    /must be int64: -9223372036854775808/,
  ],
  [{ type: 'integer' }, '1.5', 'input: must be an integer'],
  [{ type: 'integer', format: 'int64' }, '9007199254740993', /beyond 2\^53: write it as a text/],
  [{ type: 'integer', format: 'int32' }, '"5"', 'input: must be int32, not string'],
  [bytes, '"not base64"', 'input: must be bytes, written as base64'],
  [{ enum: ['a', 'b'] }, '"c"', 'input: must be one of "a" | "b"'],
  [{ const: 'a' }, '"c"', 'input: must be "a"'],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, '1', 'input: must be string | null'],
  [{ $ref: '#/$defs/Node' }, '{"kids":[{"kids":[3]}]}', /input at \/kids\/0\/kids\/0: must be {/],
  [
    { oneOf: [object({ k: { const: 'a' } }), object({ k: { const: 'b' }, n: { type: 'null' } })] },
    '{"k":"b","n":1}',
    'input at /k: must be "a"',
  ],
  [{ type: 'string' }, '{', /input: not JSON/],
])('%j refuses %s', (schema, json, message) => {
  expect(() => read(schema as JsonSchema, json)).toThrow(
    expect.objectContaining({
      code: 'ERR_WEIR_INPUT',
      exitCode: 2,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    }),
  );
});

test('an input that is not taken, or not given, is refused', () => {
  expect(() => payloadFrom(contract, null, '1', 'config')).toThrow('config: it takes none');
  expect(() => payloadFrom(contract, bytes, undefined, 'input')).toThrow('it takes bytes');
});

test('what a library gives becomes JSON', () => {
  const value = { data: new Uint8Array([1]), big: 2n ** 63n, nan: Number.NaN, list: [1, null] };
  expect(jsonFrom({}, encode(value))).toEqual({
    data: 'AQ==',
    big: '9223372036854775808',
    nan: 'NaN',
    list: [1, null],
  });
  expect(jsonFrom(bytes, new Uint8Array([1, 2]))).toBe('AQI=');
  expect(jsonFrom(null, new Uint8Array())).toBeUndefined();
});

test('a failure is its message and what stands behind a zero byte', () => {
  const parse = (text: string) => parseFailure(new TextEncoder().encode(text));
  expect(parse('no')).toEqual({ message: 'no' });
  expect(parse('no\0{"code":"A","details":[1],"path":"/a"}')).toEqual({
    message: 'no',
    code: 'A',
    details: [1],
    path: '/a',
  });
  expect(parse('no\0{"co')).toEqual({ message: 'no' });
});

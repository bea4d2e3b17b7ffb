import { expect, test } from '@jest/globals';
import type { JsonSchema } from '../contract/index.js';
import { readable, readableLines } from './readable.js';

const bytes: JsonSchema = { type: 'string', contentEncoding: 'base64', weirType: 'bytes' };

test.each<[JsonSchema | null, string]>([
  [null, 'nothing'],
  [bytes, 'bytes'],
  [{}, 'any'],
  [{ type: 'integer', format: 'uint8' }, 'uint8'],
  [{ type: 'string', format: 'uuid' }, 'string(uuid)'],
  [{ $ref: '#/$defs/Node' }, 'Node'],
  [{ enum: ['a', 1] }, '"a" | 1'],
  [{ const: 'x' }, '"x"'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ anyOf: [bytes, { type: 'null' }] }, 'bytes | null'],
  [{ type: 'array', items: { enum: ['a', 'b'] } }, '("a" | "b")[]'],
  [{ type: 'array', prefixItems: [bytes, {}] }, '[bytes, any]'],
  [{ type: 'object', additionalProperties: bytes }, '{ [key]: bytes }'],
  [{ type: 'object', properties: { a: {}, b: {} }, required: ['a'] }, '{ a: any, b?: any }'],
  [{ allOf: [{ $ref: '#/$defs/A' }, { $ref: '#/$defs/B' }] }, 'A & B'],
])('%j reads %s', (schema, words) => {
  expect(readable(schema)).toBe(words);
});

test('what is too long for a line takes several', () => {
  const properties = { first: bytes, second: { type: 'array', items: bytes } };
  const schema: JsonSchema = { type: 'array', items: { type: 'object', properties } };
  expect(readableLines(schema, 100)).toBe('{ first?: bytes, second?: bytes[] }[]');
  expect(readableLines(schema, 20)).toBe('{\n  first?: bytes\n  second?: bytes[]\n}[]');
});

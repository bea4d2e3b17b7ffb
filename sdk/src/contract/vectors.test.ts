/** The golden differences that all languages share. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type ContractChange, diffContracts, type JsonSchema, parseContract } from './index.js';

interface Vectors {
  documents: { name: string; was: object; is: object; changes: ContractChange[] }[];
  schemas: {
    name: string;
    was: JsonSchema;
    is: JsonSchema;
    wasDefs?: object;
    isDefs?: object;
    sent: ContractChange[];
    got: ContractChange[];
  }[];
}

const file = new URL('../../vectors/contract-diff.json', import.meta.url);
const { documents, schemas } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

const EMPTY = { weir: 1, name: 'a', config: null, methods: {}, events: {}, errors: {} };
const contract = (parts: object) => parseContract(JSON.stringify({ ...EMPTY, ...parts }));
const sending = (input: JsonSchema, $defs: object = {}) =>
  contract({ methods: { m: { input, output: null } }, $defs });
const getting = (output: JsonSchema, $defs: object = {}) =>
  contract({ methods: { m: { input: null, output } }, $defs });

test.each(documents)('a document: $name', ({ was, is, changes }) => {
  expect(diffContracts(contract(was), contract(is))).toEqual(changes);
});

describe.each(schemas)('a schema: $name', ({ was, is, wasDefs, isDefs, sent, got }) => {
  test('of what hosts send', () => {
    expect(diffContracts(sending(was, wasDefs), sending(is, isDefs))).toEqual(sent);
  });
  test('of what hosts get', () => {
    expect(diffContracts(getting(was, wasDefs), getting(is, isDefs))).toEqual(got);
  });
});

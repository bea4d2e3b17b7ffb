/** Making documents, their bytes, and reading them again. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { bytes, uint16, int64 as wide } from '../index.js';
import {
  ContractError,
  canonicalJson,
  contractHash,
  contractOf,
  contractText,
  diffContracts,
  parseContract,
} from './index.js';

const node = z.object({
  value: z.int(),
  get children() {
    return z.array(node);
  },
});

const spec = {
  name: 'sample',
  version: '1.2.3',
  description: 'For tests.',
  config: z.object({ width: uint16().default(80) }),
  methods: {
    walk: { input: node, output: z.object({ trees: z.array(node), n: wide().max(9n) }) },
    raw: { input: bytes(), output: bytes({ min: 1, max: 4 }), description: 'Bytes.' },
    none: {},
  },
  events: { progress: z.object({ done: uint16() }), idle: z.void() },
  errors: { SYNTAX: z.object({ line: uint16() }) },
};

const errorOf = (run: () => unknown): ContractError => {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError);
    return error as ContractError;
  }
  throw new Error('it did not fail');
};

test('the document says all that hosts need', () => {
  const contract = contractOf(spec);
  expect(contract.config).toMatchObject({ properties: { width: { format: 'uint16' } } });
  expect(contract.config).not.toHaveProperty('required');
  expect(contract.methods.walk?.input).toEqual({ $ref: '#/$defs/WalkInput' });
  expect(contract.$defs?.WalkInput).toMatchObject({
    properties: { children: { items: { $ref: '#/$defs/WalkInput' } } },
  });
  const int64 = { type: 'integer', format: 'int64', maximum: 9 };
  expect(contract.methods.walk?.output).toMatchObject({ properties: { n: int64 } });
  expect(contract.methods.raw).toMatchObject({
    output: { weirType: 'bytes', weirMinBytes: 1, weirMaxBytes: 4 },
    description: 'Bytes.',
  });
  expect(contract.events.idle).toBeNull();
});

test('a schema without a form in a contract is refused with its place', () => {
  const broken = (input: z.ZodType) => () => contractOf({ ...spec, methods: { m: { input } } });
  expect(errorOf(broken(z.object({ at: z.date() }))).message).toBe(
    'methods.m.input.properties.at: a date: use text or a number',
  );
  expect(errorOf(broken(z.array(z.bigint()))).message).toContain('use int64()');
  expect(errorOf(broken(z.map(z.string(), z.string()))).message).toContain('z.record()');
});

describe('bytes and hash', () => {
  test('the order of properties does not matter', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ü' }], a: undefined })).toBe(
      '{"b":[1,{"c":"ü","d":null}]}',
    );
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
    expect(() => canonicalJson({ a: 1n })).toThrow(TypeError);
  });

  test('the hash is of all but the version', () => {
    const hash = contractHash(contractOf(spec));
    expect(contractHash(contractOf({ ...spec, version: '1.2.4' }))).toBe(hash);
    expect(contractHash(contractOf({ ...spec, name: 'other' }))).not.toBe(hash);
  });
});

describe('parseContract', () => {
  test('reads what contractText wrote, as text and as bytes', () => {
    const contract = contractOf(spec);
    const text = contractText(contract);
    expect(contractText(parseContract(text))).toBe(text);
    expect(diffContracts(contract, parseContract(Buffer.from(text)))).toEqual([]);
  });

  test('the version may be missing, as it is in library files', () => {
    const { version: _version, ...rest } = contractOf(spec);
    expect(parseContract(canonicalJson(rest)).version).toBe('');
  });

  const minimal = '"name":"a","methods":{},"events":{},"errors":{}';
  test.each([
    ['', 0],
    ['{', 1],
    ['{"ü":1,}', 8],
    ['[1,2', 4],
    ['{"a":1 "b":2}', 7],
    ['{"a":1,"a":2}', 7],
    ['nul', 0],
    ['01', 1],
    ['"\u0001"', 0],
    ['"\\x"', 0],
    ['"open', 0],
    ['"\\ud800"', 0],
    ['1e999', 0],
    ['{} {}', 3],
    [`${'['.repeat(65)}`, 64],
    [`${'['.repeat(500_000)}`, 64],
  ])('refuses JSON %# with the byte where it ends to be JSON', (text, offset) => {
    expect(errorOf(() => parseContract(text)).offset).toBe(offset);
  });

  test('refuses what is not UTF-8, and what is too long', () => {
    const bad = Buffer.concat([Buffer.from('{"ü":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    expect(errorOf(() => parseContract(bad)).offset).toBe(7);
    expect(errorOf(() => parseContract(' '.repeat(1024 * 1024 + 1))).offset).toBe(1024 * 1024);
    const long = `"${'\\n'.repeat(500_000)}`;
    expect(errorOf(() => parseContract(long)).offset).toBe(0);
  });

  test.each([
    ['[]', ''],
    [`{"weir":2,${minimal}}`, '/weir'],
    ['{"weir":1,"name":1}', '/name'],
    ['{"weir":1,"name":"a","methods":[]}', '/methods'],
    [`{"weir":1,${minimal},"config":7}`, '/config'],
    [`{"weir":1,${minimal},"$defs":{"a/b":[]}}`, '/$defs/a~1b'],
    ['{"weir":1,"name":"a","methods":{"m":{"output":null}}}', '/methods/m/input'],
    [`{"weir":1,${minimal},"config":{"properties":{"a":1}}}`, '/config/properties/a'],
    [`{"weir":1,${minimal},"config":{"required":[1]}}`, '/config/required/0'],
    [`{"weir":1,${minimal},"config":{"minimum":"1"}}`, '/config/minimum'],
    [`{"weir":1,${minimal},"config":{"type":{}}}`, '/config/type'],
    [`{"weir":1,${minimal},"config":{"anyOf":[{"$ref":"#/$defs/A"}]}}`, '/config/anyOf/0/$ref'],
    [`{"weir":1,${minimal},"config":{"$ref":"https://a.example/b"}}`, '/config/$ref'],
  ])('refuses document %# with its path', (text, path) => {
    expect(errorOf(() => parseContract(text)).path).toBe(path);
  });

  test('any text, and any change of a document, gives a document or a ContractError', () => {
    const text = contractText(contractOf(spec));
    const edited = fc
      .tuple(fc.nat(text.length), fc.nat(8), fc.string({ maxLength: 4 }))
      .map(([at, cut, more]) => text.slice(0, at) + more + text.slice(at + cut));
    const json = fc
      .jsonValue()
      .map((value) => JSON.stringify({ weir: 1, name: 'a', config: value }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), edited, json, fc.uint8Array()), (source) => {
        try {
          const contract = parseContract(source);
          diffContracts(contract, contractOf(spec));
          diffContracts(contractOf(spec), contract);
        } catch (error) {
          expect(error).toBeInstanceOf(ContractError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Each rule once for what hosts send and once for what they get. */

import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { bytes, float32, int8, int32, int64, uint32 } from '../index.js';
import { type ContractDocument, contractOf, diffContracts, parseContract } from './index.js';

type Verdict = 'fine' | 'breaks' | 'same';
const o = z.object;

const withInput = (input: z.ZodType): ContractDocument =>
  contractOf({ name: 'a', version: '1', methods: { m: { input } } });
const withOutput = (output: z.ZodType): ContractDocument =>
  contractOf({ name: 'a', version: '1', methods: { m: { output } } });

function verdict(before: ContractDocument, after: ContractDocument): Verdict {
  const changes = diffContracts(before, after);
  if (changes.length === 0) return 'same';
  return changes.every(({ compatible }) => compatible) ? 'fine' : 'breaks';
}

interface Rule {
  rule: string;
  was: z.ZodType;
  is: z.ZodType;
  /** As an input. */
  sent: Verdict;
  /** As an output. */
  got: Verdict;
}

const id = o({ id: z.string() });
const tree = z.object({
  v: int32(),
  get kids() {
    return z.array(tree);
  },
});
const wideTree = z.object({
  v: int64(),
  get kids() {
    return z.array(wideTree);
  },
});
const shape = (kinds: z.ZodType[]) => z.union(kinds as [z.ZodType, z.ZodType]);
const circle = o({ kind: z.literal('circle'), r: z.number() });
const square = o({ kind: z.literal('square'), a: z.number() });

const rules: Rule[] = [
  { rule: 'nothing', was: id, is: id, sent: 'same', got: 'same' },
  { rule: 'description', was: id, is: id.describe('x'), sent: 'same', got: 'same' },
  {
    rule: 'new required property',
    was: id,
    is: id.extend({ n: z.string() }),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'new optional property',
    was: id,
    is: id.extend({ n: z.string().optional() }),
    sent: 'fine',
    got: 'fine',
  },
  {
    rule: 'new property with a default',
    was: id,
    is: id.extend({ n: z.string().default('') }),
    sent: 'fine',
    got: 'fine',
  },
  {
    rule: 'required property removed',
    was: id.extend({ n: z.string() }),
    is: id,
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'optional property removed',
    was: id.extend({ n: z.string().optional() }),
    is: id,
    sent: 'fine',
    got: 'fine',
  },
  {
    rule: 'property removed, no others taken',
    was: o({ n: z.string().optional() }),
    is: z.strictObject({}),
    sent: 'breaks',
    got: 'fine',
  },
  { rule: 'property became required', was: id.partial(), is: id, sent: 'breaks', got: 'fine' },
  { rule: 'property became optional', was: id, is: id.partial(), sent: 'fine', got: 'breaks' },
  { rule: 'type changed', was: id, is: o({ id: z.boolean() }), sent: 'breaks', got: 'breaks' },
  { rule: 'text became bytes', was: z.string(), is: bytes(), sent: 'breaks', got: 'breaks' },
  {
    rule: 'bytes within, longer',
    was: o({ b: bytes({ max: 4 }) }),
    is: o({ b: bytes() }),
    sent: 'fine',
    got: 'breaks',
  },
  { rule: 'anything became text', was: z.unknown(), is: z.string(), sent: 'breaks', got: 'fine' },
  { rule: 'text became anything', was: z.string(), is: z.unknown(), sent: 'fine', got: 'breaks' },
  { rule: 'int32 became int64', was: int32(), is: int64(), sent: 'fine', got: 'breaks' },
  { rule: 'int32 became int8', was: int32(), is: int8(), sent: 'breaks', got: 'fine' },
  { rule: 'int32 became uint32', was: int32(), is: uint32(), sent: 'breaks', got: 'breaks' },
  { rule: 'uint32 became int64', was: uint32(), is: int64(), sent: 'fine', got: 'breaks' },
  { rule: 'integer became number', was: int32(), is: z.number(), sent: 'fine', got: 'breaks' },
  { rule: 'float became double', was: float32(), is: z.number(), sent: 'fine', got: 'breaks' },
  {
    rule: 'minimum raised',
    was: z.number().min(0),
    is: z.number().min(1),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'exclusive end opened',
    was: z.number().gt(0),
    is: z.number().min(0),
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'maximum of an int64 lowered',
    was: int64(),
    is: int64().max(9n),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'longest text shorter',
    was: z.string().max(9),
    is: z.string().max(8),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'pattern added',
    was: z.string(),
    is: z.string().regex(/a/),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'pattern changed',
    was: z.string().regex(/b/),
    is: z.string().regex(/a/),
    sent: 'breaks',
    got: 'breaks',
  },
  { rule: 'format removed', was: z.email(), is: z.string(), sent: 'fine', got: 'breaks' },
  {
    rule: 'value of an enum added',
    was: z.enum(['a']),
    is: z.enum(['a', 'b']),
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'value of an enum removed',
    was: z.enum(['a', 'b']),
    is: z.enum(['a']),
    sent: 'breaks',
    got: 'fine',
  },
  { rule: 'values listed', was: z.string(), is: z.enum(['a']), sent: 'breaks', got: 'fine' },
  {
    rule: 'constant became an enum with it',
    was: z.literal('a'),
    is: z.enum(['a', 'b']),
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'items changed',
    was: z.array(int32()),
    is: z.array(int64()),
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'fewer items allowed',
    was: z.array(int8()),
    is: z.array(int8()).max(3),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'tuple grew',
    was: z.tuple([int8()]),
    is: z.tuple([int8(), int8()]),
    sent: 'breaks',
    got: 'breaks',
  },
  {
    rule: 'item of a tuple wider',
    was: z.tuple([int8()]),
    is: z.tuple([int32()]),
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'values of a record wider',
    was: z.record(z.string(), int8()),
    is: z.record(z.string(), int32()),
    sent: 'fine',
    got: 'breaks',
  },
  { rule: 'null allowed', was: z.string(), is: z.string().nullable(), sent: 'fine', got: 'breaks' },
  {
    rule: 'null not allowed any more',
    was: o({ a: id.nullable() }),
    is: o({ a: id }),
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'alternative added',
    was: shape([circle, z.null()]),
    is: shape([circle, z.null(), square]),
    sent: 'fine',
    got: 'breaks',
  },
  {
    rule: 'alternative removed',
    was: shape([circle, square]),
    is: square,
    sent: 'breaks',
    got: 'fine',
  },
  {
    rule: 'alternatives in another order',
    was: shape([circle, square]),
    is: shape([square, circle]),
    sent: 'same',
    got: 'same',
  },
  {
    rule: 'within an alternative',
    was: z.discriminatedUnion('kind', [circle, square]),
    is: z.discriminatedUnion('kind', [square, circle.extend({ r: z.number().min(0) })]),
    sent: 'breaks',
    got: 'fine',
  },
  { rule: 'within something recursive', was: tree, is: wideTree, sent: 'fine', got: 'breaks' },
  {
    rule: 'an intersection',
    was: id,
    is: id.and(z.record(z.string(), z.number())),
    sent: 'breaks',
    got: 'breaks',
  },
];

describe('what hosts send', () => {
  test.each(rules)('$rule', ({ was, is, sent }) => {
    expect(verdict(withInput(was), withInput(is))).toBe(sent);
  });
  test.each(rules)('$rule, in config', ({ was, is, sent }) => {
    const document = (config: z.ZodType) =>
      contractOf({ name: 'a', version: '1', config, methods: {} });
    expect(verdict(document(was), document(is))).toBe(sent);
  });
});

describe('what hosts get', () => {
  test.each(rules)('$rule', ({ was, is, got }) => {
    expect(verdict(withOutput(was), withOutput(is))).toBe(got);
  });
  test.each(rules)('$rule, in an event and in the details of an error', ({ was, is, got }) => {
    const document = (schema: z.ZodType) =>
      contractOf({
        name: 'a',
        version: '1',
        methods: {},
        events: { e: schema },
        errors: { E: schema },
      });
    expect(verdict(document(was), document(is))).toBe(got);
  });
});

describe('the parts of a contract', () => {
  const base = { name: 'a', version: '1', methods: {} };
  const text = z.string();
  const parts: [string, object, object, Verdict][] = [
    ['version', {}, { version: '2' }, 'same'],
    ['name', {}, { name: 'b' }, 'breaks'],
    ['new method', {}, { methods: { m: {} } }, 'fine'],
    ['method removed', { methods: { m: {} } }, {}, 'breaks'],
    [
      'method takes an input now',
      { methods: { m: {} } },
      { methods: { m: { input: text } } },
      'breaks',
    ],
    [
      'method takes none any more',
      { methods: { m: { input: text } } },
      { methods: { m: {} } },
      'breaks',
    ],
    [
      'method gives an output now',
      { methods: { m: {} } },
      { methods: { m: { output: text } } },
      'fine',
    ],
    [
      'method gives none any more',
      { methods: { m: { output: text } } },
      { methods: { m: {} } },
      'breaks',
    ],
    ['new event', {}, { events: { e: text } }, 'fine'],
    ['event removed', { events: { e: text } }, {}, 'breaks'],
    ['new error', {}, { errors: { E: text } }, 'fine'],
    ['error removed', { errors: { E: text } }, {}, 'fine'],
    ['config that may be empty', {}, { config: o({ a: text.default('') }) }, 'fine'],
    ['config that must be given', {}, { config: id }, 'breaks'],
    ['config is not taken any more', { config: id }, {}, 'breaks'],
    ['a method called constructor', {}, { methods: { constructor: {} } }, 'fine'],
  ];
  test.each(parts)('%s', (_name, was, is, expected) => {
    const before = contractOf({ ...base, ...was });
    const after = contractOf({ ...base, ...is });
    expect(verdict(before, after)).toBe(expected);
  });
});

test('a change names its place, what it is and why', () => {
  const before = withInput(o({ items: z.array(o({ name: z.string() })) }));
  const after = withInput(o({ items: z.array(o({ name: z.string(), age: int8() })) }));
  expect(diffContracts(before, after)).toEqual([
    {
      path: '/methods/m/input/properties/items/items/properties/age',
      change: 'new required property',
      compatible: false,
      why: 'hosts do not send it',
    },
  ]);
});

test('a keyword that is not known breaks when it changes', () => {
  const document = (schema: object) =>
    parseContract(
      JSON.stringify({
        weir: 1,
        name: 'a',
        methods: { m: { input: schema, output: null } },
        events: {},
        errors: {},
      }),
    );
  const before = document({ type: 'array', uniqueItems: false });
  expect(verdict(before, document({ type: 'array', uniqueItems: true }))).toBe('breaks');
});

/** sample-contract.ts: a contract with one of everything, for tests of generators and commands. */

import type { ContractDocument, JsonSchema } from '../../contract/index.js';

const object = (properties: JsonSchema, required = Object.keys(properties)): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const integer = (format: string): JsonSchema => ({ type: 'integer', format });
const bytes: JsonSchema = { type: 'string', contentEncoding: 'base64', weirType: 'bytes' };
const text: JsonSchema = { type: 'string' };
const node: JsonSchema = { $ref: '#/$defs/Node' };

const everything = object(
  {
    text: { type: 'string', description: 'The text.\nIts second line, with */ and `quotes`.' },
    int8: integer('int8'),
    int16: integer('int16'),
    int32: integer('int32'),
    int64: integer('int64'),
    uint8: integer('uint8'),
    uint16: integer('uint16'),
    uint32: integer('uint32'),
    uint64: integer('uint64'),
    plain: { type: 'integer' },
    float: { type: 'number', format: 'float' },
    double: { type: 'number' },
    flag: { type: 'boolean' },
    data: bytes,
    mode: { type: 'string', enum: ['fast', 'very slow'] },
    nullable: { anyOf: [text, { type: 'null' }] },
    nullableList: { anyOf: [{ type: 'array', items: integer('int8') }, { type: 'null' }] },
    optionalText: text,
    optionalData: bytes,
    optionalList: { type: 'array', items: text },
    map: { type: 'object', additionalProperties: integer('uint16') },
    tuple: { type: 'array', prefixItems: [text, integer('int32')] },
    union: { anyOf: [text, integer('int64'), { type: 'array', items: bytes }, node] },
    anything: {},
    nothing: object({}),
    'user-id': text,
  },
  ['text', 'int8', 'int64', 'uint64', 'data', 'mode', 'nullable', 'nullableList', 'union', 'map'],
);

export const SAMPLE: ContractDocument = {
  weir: 1,
  name: 'sample.kit',
  version: '2.3.4',
  description: 'A library with one of everything.\nFor tests.',
  config: object({ root: text }, []),
  methods: {
    everything: { input: everything, output: everything, description: 'Takes all.\n\nGives all.' },
    check: { input: object({ tree: node }), output: { type: 'boolean' } },
    list: { input: null, output: { type: 'array', items: object({ a: integer('int64') }) } },
    tree: { input: node, output: node },
    echo: { input: bytes, output: bytes },
    sink: { input: bytes, output: null },
    dump: { input: null, output: bytes },
    reset: { input: null, output: null },
    close: { input: object({ now: { type: 'boolean' } }), output: null },
    any: { input: {}, output: {} },
    'with-dash': { input: text, output: { type: 'object', additionalProperties: text } },
    withDash: { input: null, output: null },
    call: { input: null, output: null },
  },
  events: { progress: object({ done: integer('uint32') }), chunk: bytes, tick: null },
  errors: {
    SYNTAX: object({ line: integer('uint32'), near: { anyOf: [text, integer('int32')] } }, [
      'line',
    ]),
    NOT_FOUND: null,
    TREE_ERROR: node,
  },
  $defs: { Node: object({ name: text, kids: { type: 'array', items: node } }) },
};

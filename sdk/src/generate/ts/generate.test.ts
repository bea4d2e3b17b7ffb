import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import ts from 'typescript';
import type { JsonSchema } from '../../contract/index.js';
import { generate } from '../generate.js';
import { SAMPLE } from '../testing/sample-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-ts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = async (contract = SAMPLE): Promise<string> =>
  (await generate('ts', contract))[0]?.text ?? '';

test('types say widths, bytes and what may be missing', async () => {
  const generated = await text();
  expect(generated).toContain('  int64: bigint;\n');
  expect(generated).toContain('  uint64: bigint;\n');
  expect(generated).toContain('  data: Uint8Array;\n');
  expect(generated).toContain('  optionalText?: string;\n');
  expect(generated).toContain("  'user-id'?: string;\n");
  expect(generated).toContain("export type Mode = 'fast' | 'very slow';\n");
  expect(generated).toContain('  nullable: string | null;\n');
  expect(generated).toContain('  echo: { input: Uint8Array; output: Uint8Array };\n');
  expect(generated).toContain(
    "  'with-dash': { input: string; output: { [key: string]: string } };",
  );
  expect(generated).toContain('  TREE_ERROR: Node;\n');
  expect(generated).toMatch(/contractHash =\n {2}'[0-9a-f]{64}';/);
});

test('a union of text and bytes, and of integers, is as wide as it must be', async () => {
  const bytes = { type: 'string', contentEncoding: 'base64', weirType: 'bytes' };
  const integers = ['int8', 'uint64'].map((format) => ({ type: 'integer', format }));
  const properties = {
    a: { anyOf: [{ type: 'string' }, bytes, { type: 'null' }] },
    b: { anyOf: integers },
    c: { type: 'array', items: { anyOf: [bytes, { type: 'string' }] } },
  };
  const odd = { input: { type: 'object', properties }, output: null };
  const generated = await text({ ...SAMPLE, methods: { odd } });
  expect(generated).toContain('  a?: string | Uint8Array | null;\n');
  expect(generated).toContain('  b?: bigint;\n');
  expect(generated).toContain('  c?: (string | Uint8Array)[];\n');
});

test('objects that are told apart stay apart', async () => {
  const object = (properties: JsonSchema): JsonSchema => ({ type: 'object', properties });
  const circle = { ...object({ kind: { const: 'circle' }, r: { type: 'number' } }) };
  const square = object({ kind: { const: 'square' }, side: { type: 'number' } });
  const output = {
    type: 'array',
    items: { oneOf: [circle, square, { $ref: '#/$defs/Node' }, { type: 'null' }] },
  };
  const input = object({ shape: { anyOf: [{ ...circle, required: ['kind'] }, square] } });
  const methods = {
    draw: { input, output },
    tree: { input: { $ref: '#/$defs/Node' }, output: null },
  };
  const generated = await text({ ...SAMPLE, methods });
  expect(generated).toContain('  draw: { input: DrawInput; output: (DrawOutputCircle | ');
  expect(generated).toContain('DrawOutputCircle | DrawOutputSquare | Node | null)[] };\n');
  expect(generated).toContain(
    "export interface ShapeCircle {\n  kind: 'circle';\n  r?: number;\n}",
  );
  expect(generated).toContain('  shape?: ShapeCircle | ShapeSquare;\n');
  expect(generated.match(/interface Node /g)).toHaveLength(1);
});

test('the same contract gives the same text', async () => {
  expect(await text(JSON.parse(JSON.stringify(SAMPLE)))).toBe(await text());
});

const USE = `
import { type Config, contractHash, type Errors, type Events, type Methods } from './contract.js';
const hash: string = contractHash;
const config: Config = {};
const input: Methods['close']['input'] = { now: true };
const tree: Errors['TREE_ERROR'] = { name: hash, kids: [] };
const tick: Events['tick'] = undefined;
// @ts-expect-error an event that is not there
type No = Events['nope'];
export { config, input, tree, tick };
export type { No };
`;

test.each([
  ['a contract with one of everything', SAMPLE, USE],
  ['an empty one', { ...SAMPLE, config: null, methods: {}, events: {}, errors: {} }, ''],
])(
  'TypeScript accepts %s',
  async (_, contract, use) => {
    writeFileSync(join(folder, 'contract.ts'), await text(contract));
    writeFileSync(join(folder, 'use.ts'), use);
    const program = ts.createProgram([join(folder, 'use.ts'), join(folder, 'contract.ts')], {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      lib: ['lib.es2022.d.ts'],
      types: [],
    });
    const problems = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(problems).toEqual([]);
  },
  60_000,
);

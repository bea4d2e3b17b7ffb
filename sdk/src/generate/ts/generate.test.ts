import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import ts from 'typescript';
import { type ContractDocument, contractHash, type JsonSchema } from '../../contract/index.js';
import { generate } from '../generate.js';
import { SAMPLE } from '../testing/sample-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-ts-'));
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
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

test('create compares the library of its pool with the client', async () => {
  const files = await generate('ts', SAMPLE);
  const client = files.find(({ path }) => path === 'client.ts')?.text ?? '';
  expect(client).toMatch(/function create\((?:\n|.)*?\{\n {2}pool\.requireContract\(contract\);\n/);
});

test('the same contract gives the same text', async () => {
  expect(await text(JSON.parse(JSON.stringify(SAMPLE)))).toBe(await text());
});

const host = fileURLToPath(new URL('../../host/index.ts', import.meta.url));
const nodeTypes = createRequire(import.meta.url).resolve('@types/node/package.json');

/** What tsc says of the files of a contract, and of a program that uses them. */
async function problemsOf(contract: ContractDocument, use: string, loose: boolean) {
  const files = await generate('ts', contract);
  const own = [...files, { path: 'use.ts', text: `${use}\nexport {};\n` }].map(({ path, text }) => {
    writeFileSync(join(folder, path), text);
    return join(folder, path);
  });
  const program = ts.createProgram(own, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    exactOptionalPropertyTypes: !loose,
    noUnusedLocals: true,
    noUncheckedIndexedAccess: !loose,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: !loose,
    noEmit: true,
    skipLibCheck: true,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    types: ['node'],
    typeRoots: [join(dirname(nodeTypes), '..')],
    paths: { '@weir-ffi/node': [host] },
  });
  return own.flatMap((path) => {
    const file = program.getSourceFile(path);
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ];
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  });
}

const USE = `
import {
  type Client, type Config, contract, contractHash, create, type Errors, isError, type Methods,
  open, type Types,
} from './client.js';
const hash: string = contractHash;
const config: Config = {};
const input: Methods['close']['input'] = { now: true };
const tree: Errors['TREE_ERROR'] = { name: hash, kids: [] };
async function call(client: Client): Promise<void> {
  await client.reset();
  await client.reset({ timeout: 5, signal: AbortSignal.timeout(1) });
  const echoed: Uint8Array = await client.echo(new Uint8Array(1));
  const plain: boolean = await client.check({ tree });
  client.onProgress(({ done }) => done > 1);
  for await (const { done } of client.progressEvents({ buffer: 1 })) console.log(done);
  // @ts-expect-error a text for bytes
  await client.echo('text');
  // @ts-expect-error a method that is not there
  client.nope;
  await client.withDash('a');
  await client.withDash2();
  await client.call();
  console.log(echoed, plain);
}
try {
  await using library = { [Symbol.asyncDispose]: async () => undefined };
  const opened = await open('file', { transport: 'koffi' });
  await using client = await create(opened.createPool(), config, { tag: 'a' });
  await call(client);
  console.log(input, library, contract.hash);
} catch (error) {
  if (isError(error, 'SYNTAX')) {
    const { line, near }: { line: number; near?: string | number } = error.library.details;
    console.log(line, near);
  }
  // @ts-expect-error a code that is not declared
  isError(error, 'OTHER');
}
export type Same = Types['methods']['echo']['input'];
`;

const EMPTY = `
import { create, open } from './client.js';
const client = await create((await open(new URL('file:///a'))).createPool());
await client.destroy();
`;

const bare = { ...SAMPLE, config: null, methods: {}, events: {}, errors: {} };

test.each([
  ['a contract with one of everything', SAMPLE, USE, false],
  ['it with few checks', SAMPLE, USE, true],
  ['an empty one', bare, EMPTY, false],
])(
  'TypeScript accepts %s',
  async (_, contract, use, loose) => {
    expect(await problemsOf(contract, use, loose)).toEqual([]);
  },
  60_000,
);

test('members get names that nothing else has', async () => {
  const none = { input: null, output: null };
  const methods = Object.fromEntries(
    ['then', 'toString', 'destroy', 'HTTPGet', 'on_tick', '2d', 'a b'].map((name) => [name, none]),
  );
  const files = await generate('ts', { ...bare, methods, events: { tick: null } });
  const client = files.find(({ path }) => path === 'client.ts')?.text ?? '';
  const members = [...client.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
  expect(members.sort()).toEqual(
    [
      ...['callDestroy', 'callThen', 'callToString', 'httpGet', 'onTick', 'ab'],
      ...['onTick2', 'tickEvents', 'constructor', 'destroy', 'the2D'],
    ].sort(),
  );
});

test('the document of a client is its contract', async () => {
  const files = await generate('ts', SAMPLE);
  const text = files.find(({ path }) => path === 'document.ts')?.text ?? '';
  const json = text.slice(text.indexOf('= {') + 2).replace(/;\n$/, '');
  expect(contractHash(JSON.parse(json) as ContractDocument)).toBe(contractHash(SAMPLE));
});

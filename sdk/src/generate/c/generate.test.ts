import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ContractDocument } from '../../contract/index.js';
import { generate } from '../generate.js';
import { SAMPLE } from '../testing/sample-contract.js';
import { literal } from './text.js';

const folder = mkdtempSync(join(tmpdir(), 'weir-c-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const include = fileURLToPath(new URL('../../../../cabi/include', import.meta.url));

const header = async (contract = SAMPLE): Promise<string> =>
  (await generate('c', contract))[0]?.text ?? '';

test('the header names the contract, methods, events and errors', async () => {
  const [file] = await generate('c', SAMPLE);
  expect(file?.path).toBe('sample_kit.h');
  expect(file?.text).toContain('#define SAMPLE_KIT_METHOD_WITH_DASH "with-dash"');
  expect(file?.text).toContain('#define SAMPLE_KIT_METHOD_WITH_DASH2 "withDash"');
  expect(file?.text).toContain('#define SAMPLE_KIT_EVENT_PROGRESS "progress"');
  expect(file?.text).toContain('#define SAMPLE_KIT_ERROR_NOT_FOUND "NOT_FOUND"');
  expect(file?.text).toMatch(/#define SAMPLE_KIT_CONTRACT_HASH "[0-9a-f]{64}"/);
  expect(file?.text).toContain('Input: CBOR of { now: boolean }');
  expect(await header(JSON.parse(JSON.stringify(SAMPLE)))).toBe(file?.text);
});

test('any text is a C literal that means the same', () => {
  expect(literal('plain')).toBe('"plain"');
  expect(literal('a"b\\c\n')).toBe('"a\\042b\\134c\\012"');
  expect(literal('??/é1')).toBe('"\\077\\077/\\303\\2511"');
});

const BARE = { ...SAMPLE, description: '', methods: {}, events: {}, errors: {}, name: '2d' };

/** Whatever of these compilers there is; gcc must be. */
const compilers = ['gcc', 'clang'].filter(
  (name) => name === 'gcc' || spawnSync(name, ['--version']).status === 0,
);
const languages: [string, string[], ContractDocument][] = [
  ['C11', ['-std=c11', '-x', 'c'], SAMPLE],
  ['C++20', ['-std=c++20', '-x', 'c++'], SAMPLE],
  ['C11 without methods', ['-std=c11', '-x', 'c'], BARE],
];
const STRICT = ['-Wall', '-Wextra', '-Werror', '-pedantic', '-fsyntax-only'];

describe.each(compilers)('with %s', (compiler) => {
  test.each(languages)('it compiles as %s without a warning', async (_, flags, contract) => {
    writeFileSync(join(folder, 'kit.h'), await header(contract));
    const main = join(folder, 'main.txt');
    writeFileSync(main, '#include "kit.h"\n#include "kit.h"\nint main(void) { return 0; }\n');
    const ran = spawnSync(compiler, [...flags, ...STRICT, `-I${include}`, main], {
      encoding: 'utf8',
    });
    expect(`${ran.error ?? ''}${ran.stderr}`).toBe('');
    expect(ran.status).toBe(0);
  });
});

test('each method has a function that waits and one that does not', async () => {
  const text = await header();
  for (const name of [
    'everything',
    'everything_send',
    'echo',
    'echo_send',
    'call2',
    'call2_send',
  ]) {
    expect(text).toContain(`static inline weir_status sample_kit_${name}(\n`);
  }
  const clash = { echo: SAMPLE.methods.echo, echoSend: SAMPLE.methods.dump };
  const clashing = await header({ ...SAMPLE, methods: clash } as ContractDocument);
  expect(clashing).toContain(
    'sample_kit_echo_send(\n    weir_handle context,\n    uint32_t timeout',
  );
  expect(clashing).toContain(
    'sample_kit_echo_send2(\n    weir_handle context,\n    const void *data',
  );
  expect(text).toContain('sample_kit_contract_check(weir_handle library, weir_error *out_error)');
  expect(text).toContain('sample_kit_open(const char *path, size_t path_length,');
});

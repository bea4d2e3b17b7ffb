import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { generate } from '../generate.js';
import { SAMPLE } from '../testing/sample-contract.js';
import { literal } from './generate.js';

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

test.each([
  ['C11', ['gcc', '-std=c11', '-x', 'c'], SAMPLE],
  ['C++20', ['g++', '-std=c++20', '-x', 'c++'], SAMPLE],
  ['C11 without methods', ['gcc', '-std=c11', '-x', 'c'], BARE],
])('it compiles as %s without a warning', async (_, [compiler = '', ...flags], contract) => {
  if (spawnSync(compiler, ['--version']).status !== 0) return;
  writeFileSync(join(folder, 'kit.h'), await header(contract));
  const main = join(folder, 'main.txt');
  writeFileSync(main, '#include "kit.h"\n#include "kit.h"\nint main(void) { return 0; }\n');
  const strict = ['-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only'];
  const ran = spawnSync(compiler, [...flags, ...strict, `-I${include}`, main], {
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeLinks } from './docs.js';
import { floorDirection } from './floors.js';
import { fileLength, functionLength, lineLength } from './lengths.js';
import { declaredFunctions, parseExports } from './library.js';
import { type Rule, sourceFile } from './rule.js';
import { findForbidden, findVersion } from './words.js';

const lines = async (rule: Rule, path: string, text: string) =>
  (await rule.check([sourceFile(path, text)])).map(({ line }) => line);

test('an include may go down and sideways, not up and not to a bare name', async () => {
  const text = [
    '#include "base/clock.hpp"',
    '#include "core/handle.hpp"',
    '#include "runtime/pool.hpp"',
    '#include "handle.hpp"',
    '#include <vector>',
    '#include "support/host.hpp"',
  ].join('\n');
  assert.deepEqual(await lines(floorDirection, 'cabi/src/core/a.cpp', text), [3, 4, 6]);
  assert.deepEqual(await lines(floorDirection, 'cabi/src/core/a_test.cpp', text), [3, 4]);
  assert.deepEqual(await lines(floorDirection, 'cabi/src/odd/a.cpp', ''), [1]);
  assert.deepEqual(await lines(floorDirection, 'cabi/tests/a.cpp', text), []);
});

test('files, functions and lines have ceilings', async () => {
  assert.deepEqual(await lines(fileLength, 'a.cpp', 'x\n'.repeat(500)), []);
  assert.deepEqual(await lines(fileLength, 'a.cpp', 'x\n'.repeat(501)), [500]);
  const body = (count: number) => `void f() {\n${'x;\n'.repeat(count)}}\n`;
  assert.deepEqual(await lines(functionLength, 'a.cpp', body(68)), []);
  assert.deepEqual(await lines(functionLength, 'a.cpp', `\n${body(69)}`), [2]);
  assert.deepEqual(await lines(lineLength, 'a.go', `${'x'.repeat(100)}\n${'x'.repeat(101)}`), [2]);
  assert.deepEqual(await lines(lineLength, 'cabi/include/weir/a.h', 'x'.repeat(132)), []);
  assert.deepEqual(await lines(lineLength, 'docs/a.md', 'x'.repeat(500)), []);
});

test('declarations are found over several lines, and those in macros are not', () => {
  const header = [
    '#define WEIR_API __attribute__((visibility("default")))',
    '#define ENTRY WEIR_API const int *weir_entry(void)',
    'WEIR_API const char *weir_version(void);',
    '/** WEIR_API weir_old(void); */',
    'WEIR_API weir_status weir_pool_create(weir_handle library,',
    '                                      weir_handle *out_pool);',
  ].join('\n');
  assert.deepEqual(declaredFunctions(header), [
    { name: 'weir_version', line: 3 },
    { name: 'weir_pool_create', line: 5 },
  ]);
});

test('exports are read with their version, version nodes are left out', () => {
  const nm = '0000000000000000 A WEIR_1\n0000000000001100 T weir_version@@WEIR_1\n000 T odd\n';
  assert.deepEqual(parseExports(nm), [
    { name: 'weir_version', version: 'WEIR_1' },
    { name: 'odd', version: '' },
  ]);
});

test('machine paths are found, system paths and links are not', () => {
  const home = `/${'home'}/someone/x`;
  const found = findForbidden(sourceFile('a.md', `${home}\n/usr/lib/x\nhttps://a.b/work/x\n`));
  assert.deepEqual(
    found.map(({ line }) => line),
    [1],
  );
});

test('the version is found as a whole word only', () => {
  const found = findVersion(sourceFile('a.md', 'v1.2.3\n11.2.3 1.2.34\n1.2.3\n'), '1.2.3');
  assert.deepEqual(
    found.map(({ line }) => line),
    [1, 3],
  );
});

test('links are taken from prose, relative to their page', () => {
  const text =
    '[a](threads.md#x) [b](https://x.y) [c](#here)\n```\n[d](no.md)\n```\n[e](../README.md)';
  assert.deepEqual(relativeLinks(sourceFile('docs/README.md', text)), [
    { target: 'docs/threads.md', line: 1 },
    { target: 'README.md', line: 5 },
  ]);
});

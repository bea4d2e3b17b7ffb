import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFunctions } from './functions.js';
import { maskCode } from './mask.js';

const names = (code: string, language: 'c' | 'go' | 'ts') =>
  findFunctions(code, language).map(({ name, firstLine, lines }) => [name, firstLine, lines]);

test('C++ functions are found inside namespaces and classes, control statements are not', () => {
  const code = [
    'namespace weir {',
    'class Pool final : public Base {',
    '  public:',
    '    Pool(int a) : a_(a) {}',
    '    int size() const noexcept override {',
    '        if (a_) { return 1; }',
    '        return 0;',
    '    }',
    '};',
    'static int',
    'long_head(int a,',
    '          int b) {',
    '    for (;;) { }',
    '}',
    'struct Data { int x; };',
    'int table[] = {1, 2};',
    '}',
  ].join('\n');
  assert.deepEqual(names(code, 'c'), [
    ['Pool', 4, 1],
    ['size', 5, 4],
    ['long_head', 10, 5],
  ]);
});

test('braces in strings, comments, characters and macros do not count', () => {
  const code = [
    '#define OPEN(x) \\',
    '    do { x',
    'void f() {',
    '    const char *a = "{{"; // {',
    "    char b = '{'; int big = 1'000'000; /* { */",
    '    auto c = R"x({ " )x";',
    '}',
    'void g() {}',
  ].join('\n');
  assert.deepEqual(names(code, 'c'), [
    ['f', 3, 5],
    ['g', 8, 1],
  ]);
});

test('Go functions and methods are found, types are not', () => {
  const head = 'import "a"\n\ntype T struct {\n\ta int\n}\n\n';
  const code = `${head}func (t *T) Get(x int) (int, error) {\n\treturn 1, nil\n}\n`;
  assert.deepEqual(names(code, 'go'), [['Get', 7, 3]]);
});

test('TypeScript functions, methods and named arrows are found, a block of tests is not', () => {
  const code = [
    "describe('x', () => {",
    '});',
    'export async function run(a: string): Promise<void> {',
    '}',
    'const name = (a: number) => {',
    '};',
    'class A {',
    '  private get(): number {',
    '    return 1;',
    '  }',
    '}',
  ].join('\n');
  assert.deepEqual(names(code, 'ts'), [
    ['run', 3, 2],
    ['name', 5, 2],
    ['get', 8, 3],
  ]);
});

test('masking keeps every line break and column', () => {
  const code = 'a "b\\"c" /* d\ne */ f';
  assert.equal(maskCode(code, 'c'), `a ${' '.repeat(6)} ${' '.repeat(4)}\n${' '.repeat(4)} f`);
});

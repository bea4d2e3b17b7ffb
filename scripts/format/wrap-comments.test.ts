import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WIDTH, wrapComments } from './wrap-comments.js';

const long = 'word '.repeat(25).trim();

test('a paragraph with a long line is filled anew, others stay', () => {
  const source = ` * short\n * lines\n *\n * ${long}\n * end.\n */\n`;
  const wrapped = wrapComments(source).split('\n');
  assert.deepEqual(wrapped.slice(0, 3), [' * short', ' * lines', ' *']);
  assert.ok(wrapped.every((line) => line.length <= WIDTH));
  assert.equal(wrapped.at(-3)?.endsWith('end.'), true);
});

test('what hangs keeps hanging', () => {
  const wrapped = wrapComments(` *   - ${long}\n * Threads    ${long}`).split('\n');
  assert.match(wrapped[1] ?? '', /^ \* {5}word/);
  assert.match(wrapped[3] ?? '', /^ \* {12}word/);
});

test('drawings, code and strings stay as they are', () => {
  const drawing = ` *   idle --a--> active${' '.repeat(90)}|`;
  const source = `${drawing}\n//go:x ${long}\nconst char *x = "${long}";\n`;
  assert.equal(wrapComments(source), source);
});

test('a long comment on one line becomes a block', () => {
  const wrapped = wrapComments(`    /** ${long} */`).split('\n');
  assert.equal(wrapped[0], '    /**');
  assert.equal(wrapped.at(-1), '     */');
});

test('wrapping again changes nothing', () => {
  const once = wrapComments(`// ${long} ${long}\n//\n//   - ${long}\n`);
  assert.equal(wrapComments(once), once);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresTable, parseResults } from './figures.js';
import { renderReadme, staleParts } from './render.js';
import { cutSample } from './sample.js';

test('a sample is cut and moved to the left margin', () => {
  const source = 'x\n    // [sample:a]\n    one {\n\n        two\n\n    // [/sample]\ny\n';
  assert.equal(cutSample(source, 'a', 'f'), 'one {\n\n    two');
  assert.throws(() => cutSample(source, 'b', 'f'), /no mark/);
});

test('a part that cannot be made is named and stays as it is', () => {
  const readme = 'a\n<!-- sample:x no/such.go -->\nold\n<!-- /sample -->\nb\n';
  const { text, problems } = renderReadme(readme);
  assert.equal(text, readme);
  assert.deepEqual(problems, ['sample x: no/such.go does not exist']);
  assert.equal(staleParts(readme).length, 1);
});

test('a part that was made is fresh', () => {
  const sample = 'scripts/readme/readme.test.ts';
  const made = renderReadme(`<!-- sample:this ${sample} -->\n<!-- /sample -->`);
  assert.match(made.text, /```ts\nconst cut = 1;\n```/);
  assert.deepEqual(staleParts(made.text), []);
});

test('results have a form', () => {
  const row = { what: 'a|b', bar: '1', measured: '2', placement: 'one core', met: true };
  const text = JSON.stringify({ machine: { cores: 2 }, rows: [row] });
  assert.match(figuresTable(parseResults(text, 'f')), /cores: 2[\s\S]*\| a\\\|b \| 1 \| 2 \|/);
  assert.throws(() => parseResults('{"machine":{},"rows":[{}]}', 'f'), /a row is not/);
});

// [sample:this]
const cut = 1;
// [/sample]
void cut;

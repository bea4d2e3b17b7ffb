import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJunit } from './ctest.js';
import { parseGoTest } from './go.js';
import { parseTap } from './sources.js';

test('ctest: disabled and skipped tests are neither passed nor failed', () => {
  const xml = '<testsuite name="x" tests="7" failures="2" disabled="1" skipped="1" time="3">';
  assert.deepEqual(parseJunit(xml), { passed: 3, failed: 2, skipped: 2 });
  assert.equal(parseJunit(''), undefined);
});

const event = (fields: Record<string, string>) => `${JSON.stringify(fields)}\n`;

test('go: subtests count, not their parents; output of failed tests is kept', () => {
  const report = parseGoTest(
    event({ Action: 'pass', Package: 'p', Test: 'A/one' }) +
      event({ Action: 'output', Package: 'p', Test: 'A/two', Output: 'why\n' }) +
      event({ Action: 'fail', Package: 'p', Test: 'A/two' }) +
      event({ Action: 'fail', Package: 'p', Test: 'A' }) +
      event({ Action: 'skip', Package: 'p', Test: 'B' }) +
      event({ Action: 'fail', Package: 'p' }),
  );
  assert.deepEqual([report.passed, report.failed, report.skipped], [1, 1, 1]);
  assert.match(report.output, /why/);
});

test('go: a package that does not build is a failure', () => {
  const report = parseGoTest(
    event({ Action: 'build-output', ImportPath: 'p', Output: 'no such thing\n' }) +
      event({ Action: 'fail', Package: 'p' }),
  );
  assert.deepEqual([report.passed, report.failed], [0, 1]);
  assert.match(report.output, /no such thing/);
});

test('node: totals are read from the end of the TAP output', () => {
  assert.deepEqual(parseTap('# pass 5\n# fail 1\n# cancelled 2\n'), { passed: 5, failed: 3 });
  assert.equal(parseTap('crash'), undefined);
});

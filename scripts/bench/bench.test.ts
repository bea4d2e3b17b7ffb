import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coreRows } from './core-rows.js';
import { engineRows } from './engine-rows.js';
import { parseGoBenchmark, parseGoogleBenchmark, parseLines } from './measured.js';

test('Google Benchmark: medians by plain name, in nanoseconds', () => {
  const one = { run_name: 'a/b/real_time/threads:2', run_type: 'aggregate', time_unit: 'us' };
  const text = JSON.stringify({
    benchmarks: [
      { ...one, aggregate_name: 'mean', real_time: 9 },
      { ...one, aggregate_name: 'median', real_time: 2, items_per_second: 5, threads_seen: 3 },
    ],
  });
  const found = parseGoogleBenchmark(text).get('a/b');
  assert.equal(found?.ns, 2000);
  assert.equal(found?.rate, 5);
  assert.equal(found?.counters.threads_seen, 3);
});

test('Go: the median of the repetitions', () => {
  const lines = [500, 400, 900].map((ns) => `BenchmarkX-2 \t 10 \t ${ns} ns/op\t 64 B/op`);
  assert.equal(parseGoBenchmark(lines.join('\n')).get('go/X')?.rate, 2e6);
});

test('a bar is met or not, and what was not measured is not met', () => {
  const measured = (ns: number) => ({ ns, rate: 0, counters: {} });
  const rows = coreRows(
    new Map([
      ['request/round_trip/64/one_core', measured(4800)],
      ['floor/wake_round_trip/one_core', measured(4000)],
    ]),
  );
  assert.equal(rows[0]?.met, true);
  assert.equal(rows[0]?.measured, '1.20 x (4.80 us / 4.00 us)');
  assert.equal(rows[1]?.met, false);
  assert.match(rows[1]?.measured ?? '', /was not measured/);
});

test('the engine: lines of programs, and rows of them', () => {
  const line = (name: string, ns: number, rate = 0, counters = {}) =>
    JSON.stringify({ name, ns, rate, counters });
  const found = parseLines(
    [
      'a warning of some library',
      line('create/handle/one_core', 300),
      line('create/first_answer/one_core', 30_000),
      line('create/round_trip/one_core', 10_000),
      line('create/cold/one_core', 9_010_000),
      line('stop/wedged/two_cores', 6e6, 0, { most_ns: 7e6 }),
      line('go/echo64/two_cores', 0, 8e5),
      line('go/sidecar64/two_cores', 0, 1e6),
    ].join('\n'),
  );
  const rows = engineRows(found);
  const row = (what: RegExp) => rows.find((one) => what.test(one.what));
  assert.match(row(/^create from/)?.measured ?? '', /^20\.00 us/);
  assert.deepEqual(
    [row(/new environment/)?.measured, row(/new environment/)?.met],
    ['450.00 x (9.00 ms)', false],
  );
  assert.equal(row(/wedged_ms/)?.met, false);
  assert.equal(row(/64 outstanding, one context/)?.met, true);
  assert.equal(row(/sidecar/)?.measured, '0.80 x (0.80 M/s / 1.00 M/s)');
  assert.equal(row(/sidecar/)?.met, false);
});

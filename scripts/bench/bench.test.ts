import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coreRows } from './core-rows.js';
import { parseGoBenchmark, parseGoogleBenchmark } from './measured.js';

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

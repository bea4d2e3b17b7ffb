// What a benchmark run measured: the medians of Google Benchmark's JSON, and of Go's benchmark
// lines.

export interface Measured {
  /** One iteration, wall clock: the median of single ones where they were timed, else the mean. */
  ns: number;
  /** Items a second; 0 when the benchmark does not count items. */
  rate: number;
  counters: Record<string, number>;
}

interface GoogleBenchmark {
  run_name: string;
  run_type: string;
  aggregate_name?: string;
  real_time: number;
  time_unit: keyof typeof NS_IN;
  items_per_second?: number;
  error_occurred?: boolean;
  [counter: string]: unknown;
}

const NS_IN = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 } as const;

/** Medians by name, without the suffixes that Google Benchmark adds for time and threads. */
export function parseGoogleBenchmark(text: string): Map<string, Measured> {
  const { benchmarks } = JSON.parse(text) as { benchmarks: GoogleBenchmark[] };
  const found = new Map<string, Measured>();
  const isMedian = (one: GoogleBenchmark): boolean => one.aggregate_name === 'median';
  // What ran once has no median: it stands for itself, and a median replaces it.
  const counting = benchmarks.filter((one) => one.run_type !== 'aggregate' || isMedian(one));
  for (const one of counting.sort((a, b) => Number(isMedian(a)) - Number(isMedian(b)))) {
    if (one.error_occurred) continue;
    const name = one.run_name.replace(
      /\/(?:real_time|process_time|manual_time|(?:threads|iterations|repeats|min_time):[\d.]+)/g,
      '',
    );
    const counters = Object.entries(one).filter(([, value]) => typeof value === 'number');
    found.set(name, {
      ns: typeof one.p50_ns === 'number' ? one.p50_ns : one.real_time * NS_IN[one.time_unit],
      rate: one.items_per_second ?? 0,
      counters: Object.fromEntries(counters) as Record<string, number>,
    });
  }
  return found;
}

const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/** `go test -bench` lines: one operation is one item. */
export function parseGoBenchmark(text: string): Map<string, Measured> {
  const times = new Map<string, number[]>();
  for (const match of text.matchAll(/^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns\/op/gm)) {
    const name = `go/${match[1]}`;
    times.set(name, [...(times.get(name) ?? []), Number(match[2])]);
  }
  return new Map(
    [...times].map(([name, values]) => {
      const ns = median(values);
      return [name, { ns, rate: 1e9 / ns, counters: {} }];
    }),
  );
}

/** Lines of JSON, each a Measured with its name; other lines are left out. */
export function parseLines(text: string): Map<string, Measured> {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return new Map(
    lines.map((line) => {
      const { name, ns = 0, rate = 0, counters } = JSON.parse(line) as Measured & { name: string };
      return [name, { ns, rate, counters: counters ?? {} }];
    }),
  );
}

// Builds a preset and runs its ctest tests. Each gtest case is a test and a process of its own.

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { buildFolder } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { type Counts, one, type StepContext } from './step.js';

/**
 * For a test that sets none; ten times what the slowest takes on two shared cores with a sanitizer.
 */
const TEST_TIMEOUT_S = 300;
/** Stress tests run many threads themselves. */
const PARALLEL_TESTS = 2;

export interface CtestOptions {
  preset: string;
  /** A program and its arguments that run the build and the tests, such as setarch. */
  prefix?: string[];
  env?: Record<string, string>;
  /** Leave tests with this label out. */
  excludeLabel?: string;
  /** Descriptors that each test finds open when it begins. */
  openDescriptors?: number;
}

/** Build everything; a failure counts as one failed test. */
async function build(options: CtestOptions, context: StepContext): Promise<boolean> {
  const result = await configureAndBuild(options.preset, {
    prefix: options.prefix ?? [],
    onLine: (line) => {
      const step = /^\[\d+\/\d+\]/.exec(line)?.[0];
      if (step) context.progress(`building ${step}`);
    },
  });
  if (result.code === 0) return true;
  context.print(result.output.trimEnd());
  context.print(`the ${options.preset} build failed`);
  return false;
}

interface Report extends Counts {
  skipped: number;
}

/** Reads the numbers at the head of ctest's JUnit file. */
export function parseJunit(xml: string): Report | undefined {
  const head = /<testsuite\b[^>]*>/.exec(xml)?.[0];
  if (!head) return undefined;
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number('failures');
  const skipped = number('skipped') + number('disabled');
  return { passed: number('tests') - failed - skipped, failed, skipped };
}

/** The output without the lines of tests that passed. */
const withoutPassed = (output: string): string =>
  output
    .split('\n')
    .filter((line) => !/^\s*Start\s+\d+:|^\s*\d+\/\d+ Test .*Passed/.test(line))
    .join('\n')
    .trim();

function openDescriptors(count: number): number[] {
  return Array.from({ length: count }, () => openSync('/dev/null', 'r'));
}

export async function buildAndTest(options: CtestOptions, context: StepContext): Promise<Counts> {
  if (!(await build(options, context))) return one(false);
  const folder = buildFolder(options.preset);
  const junit = join(folder, 'Testing', 'weir-junit.xml');
  mkdirSync(join(folder, 'Testing'), { recursive: true });
  rmSync(junit, { force: true });
  const words = [
    ...(options.prefix ?? []),
    'ctest',
    ...['--test-dir', folder, '--output-on-failure', '--no-tests=error'],
    ...['--timeout', String(TEST_TIMEOUT_S), '-j', String(PARALLEL_TESTS)],
    ...['--output-junit', junit],
    ...(options.excludeLabel ? ['--label-exclude', options.excludeLabel] : []),
  ];
  const [command = '', ...args] = words;
  const descriptors = openDescriptors(options.openDescriptors ?? 0);
  const { code, output } = await run(command, args, {
    env: options.env ?? {},
    descriptors,
    onLine: (line) => {
      const step = /^\s*(\d+\/\d+) Test/.exec(line)?.[1];
      if (step) context.progress(`test ${step}`);
    },
  });
  for (const descriptor of descriptors) closeSync(descriptor);
  const report = existsSync(junit) ? parseJunit(readFileSync(junit, 'utf8')) : undefined;
  if (code !== 0 || !report) context.print(withoutPassed(output));
  if (!report) return one(false);
  if (report.skipped > 0) context.print(`${report.skipped} skipped`);
  // ctest can fail although each test passed, and a run without tests is no success.
  const failed = code !== 0 || report.passed === 0 ? Math.max(1, report.failed) : report.failed;
  return { passed: report.passed, failed };
}

// Counts what Jest reports with --json.

import type { RunResult } from '../lib/run.js';
import { type Counts, one, type StepContext } from './step.js';

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that failed outside their tests. */
  numRuntimeErrorTestSuites: number;
  success: boolean;
  testResults: { name: string; message: string; status: string }[];
}

/** The report stands in one line of its own; what tests print stands before or after it. */
function findReport(output: string): JestReport | undefined {
  const line = output.split('\n').find((text) => text.startsWith('{"num'));
  return line === undefined ? undefined : (JSON.parse(line) as JestReport);
}

export function parseJest({ code, output }: RunResult, context: StepContext): Counts {
  const report = findReport(output);
  if (report === undefined) {
    context.print(output.trimEnd());
    return one(false);
  }
  for (const { status, message } of report.testResults) {
    if (status === 'failed') context.print(message.trimEnd());
  }
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const sound = code === 0 && report.success && report.numPassedTests > 0;
  return { passed: report.numPassedTests, failed: sound ? failed : Math.max(1, failed) };
}

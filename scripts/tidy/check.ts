// Runs rules over the files of the project and prints what they find.

import { readFileSync } from 'node:fs';
import { projectFiles } from '../lib/files.js';
import { at } from '../lib/paths.js';
import { formatProblem, type Rule, sourceFile } from './rule.js';
import { rules } from './rules.js';

const TEXT = /(\.(c|h|cpp|hpp|go|ts|mjs|js|json|md|cmake|txt|in|mod|sum|map|ld|yml|sh)|\/run)$/;

export interface TidyResult {
  passed: number;
  failed: number;
}

/** Run the rules that need `needs`, or all; each is one test. */
export async function tidy(
  print: (line: string) => void,
  needs?: Rule['needs'],
): Promise<TidyResult> {
  const files = projectFiles()
    .filter((path) => TEXT.test(path))
    .map((path) => sourceFile(path, readFileSync(at(path), 'utf8')));
  const result = { passed: 0, failed: 0 };
  for (const rule of rules.filter((one) => needs === undefined || one.needs === needs)) {
    const problems = await rule.check(files);
    if (problems.length === 0) {
      result.passed++;
      continue;
    }
    result.failed++;
    print(`tidy: not so: ${rule.name}`);
    for (const problem of problems) print(formatProblem(problem));
  }
  return result;
}

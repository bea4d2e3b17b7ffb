// The steps that look at the sources alone.

import { projectFiles } from '../lib/files.js';
import { at } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { tidy } from '../tidy/check.js';
import { type Counts, one, type Step, type StepContext } from './step.js';

async function tool(context: StepContext, name: string, args: string[]): Promise<Counts> {
  const { code, output } = await run(at('node_modules/.bin', name), args);
  if (code !== 0) context.print(output.trimEnd());
  return one(code === 0);
}

/** Reads the totals of node:test's TAP output. */
export function parseTap(text: string): Counts | undefined {
  const total = (name: string) =>
    /^\d+$/.exec(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text)?.[1] ?? '');
  const [pass, fail, cancelled] = [total('pass'), total('fail'), total('cancelled')];
  if (!pass || !fail) return undefined;
  return { passed: Number(pass[0]), failed: Number(fail[0]) + Number(cancelled?.[0] ?? 0) };
}

async function scriptTests(context: StepContext): Promise<Counts> {
  const files = projectFiles().filter((path) => /^scripts\/.*\.test\.ts$/.test(path));
  const args = ['--import', 'tsx', '--test', '--test-reporter=tap', ...files];
  const { code, output } = await run(process.execPath, args);
  const counts = parseTap(output);
  if (code !== 0 || !counts) context.print(output.trimEnd());
  if (!counts || counts.passed + counts.failed === 0) return one(false);
  return code === 0 ? counts : { ...counts, failed: Math.max(1, counts.failed) };
}

export const sourceSteps: Step[] = [
  {
    name: 'sources: tidy',
    groups: ['sources', 'tidy'],
    run: (context) => tidy((line) => context.print(line), 'sources'),
  },
  {
    name: 'sources: TypeScript types',
    groups: ['sources'],
    run: (context) => tool(context, 'tsc', ['--noEmit']),
  },
  {
    name: 'sources: Biome',
    groups: ['sources'],
    run: (context) => tool(context, 'biome', ['check', '--error-on-warnings', '.']),
  },
  {
    name: 'scripts: tests',
    groups: ['scripts'],
    run: scriptTests,
  },
];

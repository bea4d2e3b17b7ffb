// suite.ts: runs hosts over libraries, a few at a time, each pair a process of its own.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder } from '../../../scripts/lib/paths.js';
import { run } from '../../../scripts/lib/run.js';
import { libraryPath, writeFixtures } from './artifacts.js';
import type { Host } from './hosts.js';
import type { Suite } from './load.js';
import { makePlan, type Plan } from './plan.js';
import { judge, type Outcome } from './results.js';
import type { LibraryKind } from './schema.js';

export interface Pair {
  readonly host: Host;
  readonly library: LibraryKind;
}

export interface PairOutcome extends Pair, Outcome {
  readonly tookMs: number;
}

export interface SuiteOptions {
  readonly preset: string;
  readonly pairs: readonly Pair[];
  /** A folder of this run, for gates and plans. */
  readonly folder: string;
  /** Only scenarios whose id begins so. */
  readonly only?: string | undefined;
  readonly env?: Record<string, string>;
  /** A program and its arguments that run the hosts, such as setarch. */
  readonly prefix?: readonly string[];
  onEnd?(outcome: PairOutcome): void;
}

/** For two cores: native scenarios mostly wait, those of TypeScript build environments. */
const AT_ONCE = 3;

const chosen = ({ scenarios }: Plan, only: string | undefined): Plan => ({
  scenarios: scenarios.filter(({ id }) => only === undefined || id.startsWith(only)),
});

async function runPair(suite: Suite, pair: Pair, options: SuiteOptions): Promise<PairOutcome> {
  const { host, library } = pair;
  const folder = join(options.folder, `${host.name}.${library}`);
  mkdirSync(folder, { recursive: true });
  const folders = { gates: folder, fixtures: join(options.folder, 'fixtures') };
  const plan = chosen(makePlan(suite, host.name, library, folders), options.only);
  const planFile = join(folder, 'plan.json');
  writeFileSync(planFile, JSON.stringify(plan, undefined, 1));
  const began = Date.now();
  const started = host.start(options.preset, planFile, libraryPath(options.preset, library));
  const words = [...(options.prefix ?? []), started.command, ...started.args];
  const { code, output } = await run(words[0] ?? '', words.slice(1), {
    cwd: folder,
    env: {
      LD_LIBRARY_PATH: join(buildFolder(options.preset), 'lib'),
      ...options.env,
      ...started.env,
    },
  });
  return { ...pair, ...judge(suite, plan, code, output), tookMs: Date.now() - began };
}

/** Run all pairs; the outcomes are in their order. */
export async function runSuite(suite: Suite, options: SuiteOptions): Promise<PairOutcome[]> {
  const kinds = [...new Set(options.pairs.map(({ library }) => library))];
  writeFixtures(join(options.folder, 'fixtures'), kinds);
  const outcomes: PairOutcome[] = [];
  const waiting = [...options.pairs.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [at, pair] = next;
      const outcome = await runPair(suite, pair, options);
      outcomes[at] = outcome;
      options.onEnd?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcomes;
}

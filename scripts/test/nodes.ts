// The step over Nodes as hosts of a library in TypeScript: the Node that runs this, and the others
// that bootstrap got. Each runs a program over each transport: to its end, with all closed; to its
// end with all open; and out of the middle.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { hasNode, NODE_VERSIONS, nodePath } from '../lib/nodes.mjs';
import { at } from '../lib/paths.js';
import { type RunResult, run } from '../lib/run.js';
import { buildSdk, hasEngine } from '../lib/typescript.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

const PROGRAM = at('scripts/test/nodes/guest-host.mjs');
const PACKAGE = at('bindings/node/dist/index.js');
const TRANSPORTS = ['addon', 'koffi'];
/** How the program ends, and the exit code of that. */
const ENDINGS = { closed: 0, open: 0, exit: 7 };

/** The packages and the library; a result only of what failed. */
async function prepare(library: string): Promise<RunResult | undefined> {
  const weir = at('sdk/bin/weir.js');
  const source = at('bindings/node/src/testing/guest.ts');
  const builds = [
    () => buildSdk(false),
    () => run(at('node_modules/.bin/tsc'), ['-b', 'bindings/node/tsconfig.build.json']),
    () => run(process.execPath, [weir, 'build', source, '--out', library]),
  ];
  for (const build of builds) {
    const built = await build();
    if (built.code !== 0) return built;
  }
  return undefined;
}

async function runOn(node: string, library: string, context: StepContext): Promise<Counts> {
  const endWell = async (transport: string): Promise<Counts> => {
    const counts: Counts[] = [];
    for (const [ending, wanted] of Object.entries(ENDINGS)) {
      const what = `${node}, ${transport}, ${ending}`;
      context.progress(what);
      const env = { WEIR_TRANSPORT: '', WEIR_ADDON: '', WEIR_LIBRARY_PATH: '' };
      const args = [PROGRAM, PACKAGE, transport, library, ending];
      const { code, output } = await run(node, args, { env });
      const right = code === wanted && output === 'passed\n';
      if (!right) context.print(`${what}: exit code ${code}, not ${wanted}\n${output.trimEnd()}`);
      counts.push(one(right));
    }
    return sum(counts);
  };
  return sum(await Promise.all(TRANSPORTS.map(endWell)));
}

async function runOnEach(library: string, context: StepContext): Promise<Counts> {
  const counts = [await runOn(process.execPath, library, context)];
  for (const version of NODE_VERSIONS) {
    if (hasNode(version)) counts.push(await runOn(nodePath(version), library, context));
    else context.print(`left out: bootstrap could not get Node ${version}`);
  }
  return sum(counts);
}

function failed(context: StepContext, what: string, { output }: RunResult): Counts {
  context.print(`${output.trimEnd()}\n${what} could not be built`);
  return one(false);
}

async function hosts(context: StepContext): Promise<Counts> {
  context.progress('building');
  const released = await configureAndBuild('release', { targets: ['weir', 'weir_addon'] });
  if (released.code !== 0) return failed(context, 'the release', released);
  if (!hasEngine()) {
    context.print('skipped: the engine was not built, since libnode is not there');
    return { passed: 0, failed: 0 };
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-nodes-'));
  try {
    const library = join(folder, 'guest.weir');
    const broken = await prepare(library);
    if (broken) return failed(context, 'the library or a package', broken);
    return await runOnEach(library, context);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const nodesSteps: Step[] = [
  {
    name: 'node: each Node as host of a library in TypeScript',
    groups: ['node', 'nodes'],
    run: hosts,
  },
];

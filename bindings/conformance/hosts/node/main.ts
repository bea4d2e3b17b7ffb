// The conformance host in Node: runs a plan of scenarios through the public API of @weir-ffi/node.
//
//     main.ts PLAN LIBRARY addon|koffi
//
// Prints one line of JSON for each scenario: id, ok, differed, ms. Exit code 0 when all ran; it
// ends by itself, so that what keeps a process alive without need shows.

import { readFileSync } from 'node:fs';
import { createTransport, type Transport } from '@weir-ffi/node';
import { runSteps } from './steps.js';
import { World } from './world.js';

interface Scenario {
  readonly id: string;
  readonly pool: Record<string, unknown>;
  readonly gates: readonly string[];
  readonly steps: readonly unknown[];
}

/** What went wrong, in words. */
async function differencesOf(
  { pool, steps, gates }: Scenario,
  transport: Transport,
  library: string,
): Promise<string[]> {
  const differences: string[] = [];
  const collect = (error: unknown) => {
    differences.push(error instanceof Error ? error.message : String(error));
  };
  try {
    const world = await World.open(transport, library, pool);
    await runSteps(world, steps).catch(collect);
    await world.end(gates).catch(collect);
    differences.push(...world.differences);
  } catch (error) {
    collect(error);
  }
  return differences;
}

const [planFile, library, kind] = process.argv.slice(2);
if (planFile === undefined || library === undefined || (kind !== 'addon' && kind !== 'koffi')) {
  process.stderr.write('usage: main.ts PLAN LIBRARY addon|koffi\n');
  process.exit(2);
}
const { scenarios } = JSON.parse(readFileSync(planFile, 'utf8')) as { scenarios: Scenario[] };
const transport = createTransport(kind);
for (const scenario of scenarios) {
  const began = performance.now();
  const differed = await differencesOf(scenario, transport, library);
  const ms = performance.now() - began;
  const result = { id: scenario.id, ok: differed.length === 0, differed, ms };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

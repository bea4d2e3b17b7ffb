// plan.ts: scenarios as hosts run them. A plan is one JSON file: each field is there or has no
// default, and names of gates and fixtures have become paths.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Group, reasonAgainst, type Suite } from './load.js';
import type { Canary, HostName, LibraryKind, Scenario } from './schema.js';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface PlannedScenario {
  readonly id: string;
  readonly pool: Scenario['pool'];
  /** All gates of the scenario: a host opens them at the end, so that nothing stands there. */
  readonly gates: readonly string[];
  readonly steps: Json;
}

export interface Plan {
  readonly scenarios: readonly PlannedScenario[];
}

export interface PlanFolders {
  /** Where the gates of this run are. */
  readonly gates: string;
  /** Where the files are that scenarios open as libraries. */
  readonly fixtures: string;
}

const isObject = (value: Json): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Gates and fixtures by their paths, wherever they stand. */
class Resolver {
  readonly gates = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly fixtures: string,
  ) {}

  private gate(name: string): string {
    const path = join(this.folder, name);
    this.gates.add(path);
    return path;
  }

  private field(name: string, value: Json): Json {
    if (name === 'gate' && typeof value === 'string') return this.gate(value);
    if (name === 'path' && typeof value === 'string') {
      return value.replace('{fixtures}', this.fixtures);
    }
    return this.resolve(value);
  }

  resolve(value: Json): Json {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (!isObject(value)) return value;
    if (typeof value.gate === 'string' && value.do === undefined) {
      return { text: `${value.before ?? ''}${this.gate(value.gate)}` };
    }
    const fields = Object.entries(value).map(([name, one]) => [name, this.field(name, one)]);
    return Object.fromEntries(fields) as Json;
  }
}

function plan(
  id: string,
  { pool, steps }: Scenario | Canary,
  folders: PlanFolders,
): PlannedScenario {
  const folder = join(folders.gates, id.replace('/', '.'));
  mkdirSync(folder, { recursive: true });
  const resolver = new Resolver(folder, folders.fixtures);
  const resolved = resolver.resolve(steps as Json);
  return { id, pool, gates: [...resolver.gates], steps: resolved };
}

/** The full name of a scenario: its row in the matrix. */
export const fullId = (group: Group, scenario: Scenario): string => `${group.name}/${scenario.id}`;
export const canaryId = ({ id }: Canary): string => `canary/${id}`;

/** What one host runs over one library: what is for both, and every canary. */
export function makePlan(
  suite: Suite,
  host: HostName,
  library: LibraryKind,
  folders: PlanFolders,
): Plan {
  const scenarios = suite.groups.flatMap((group) =>
    group.scenarios
      .filter((scenario) => reasonAgainst(scenario, host, library) === undefined)
      .map((scenario) => plan(fullId(group, scenario), scenario, folders)),
  );
  const canaries = suite.canaries.map((canary) => plan(canaryId(canary), canary, folders));
  return { scenarios: [...scenarios, ...canaries] };
}

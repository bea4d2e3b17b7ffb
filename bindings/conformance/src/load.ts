// load.ts: the scenario files, read and checked.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  type Canary,
  canaryFile,
  type HostName,
  type LibraryKind,
  type Scenario,
  scenarioFile,
} from './schema.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../scenarios');
const CANARIES = 'canaries.yaml';

export interface Group {
  readonly name: string;
  readonly about: string;
  readonly scenarios: readonly Scenario[];
}

export interface Suite {
  readonly groups: readonly Group[];
  readonly canaries: readonly Canary[];
}

function read<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  const checked = schema.safeParse(parse(readFileSync(join(folder, file), 'utf8')));
  if (checked.success) return checked.data;
  throw new Error(`${file} is not a file of scenarios:\n${z.prettifyError(checked.error)}`);
}

/** Ids are the first column of the matrix: two of one group would be one row. */
function checkIds({ name, scenarios }: Group): void {
  const ids = scenarios.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new Error(`${name}: two scenarios are called ${twice}`);
}

/** @throws Error that names the file, and what in it is not as schema.ts says */
export function loadSuite(): Suite {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== CANARIES);
  const groups = files.sort().map((file) => {
    const { group, about, scenarios } = read(file, scenarioFile);
    return { name: group, about, scenarios };
  });
  groups.forEach(checkIds);
  return { groups, canaries: read(CANARIES, canaryFile).canaries };
}

/** Why this host does not run the scenario over this library, or undefined. */
export function reasonAgainst(
  { not_for }: Scenario,
  host: HostName,
  library: LibraryKind,
): string | undefined {
  const family = host.split('-')[0] as 'c' | 'node' | 'go' | 'python';
  return not_for[library] ?? not_for[host] ?? not_for[family];
}

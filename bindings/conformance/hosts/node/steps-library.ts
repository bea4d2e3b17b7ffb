import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type ClientContract, Library, type WeirError } from '@weir-ffi/node';
import {
  compareCounts,
  compareFailure,
  compareStatus,
  endingOf,
  endingOfCall,
  statusOf,
} from './expect.js';
import { Difference, type Fields } from './fields.js';
import { eventually, inTime } from './gate.js';
import { poolOptions, type World } from './world.js';

/** Waits until the pool's counts are so. */
export async function stats(world: World, step: Fields): Promise<void> {
  const expected = step.counts('stats');
  const compare = () => compareCounts(step.what, expected, world.pool.stats());
  await eventually(() => statusOf(endingOfCall(compare)) === 'OK');
  compare();
}

export function describe({ library }: World, step: Fields): void {
  const { contract } = library;
  const said = {
    name: library.name,
    engine: library.engine,
    methods: library.methodCount,
    contract: contract !== undefined && /^[0-9a-f]{64}$/.test(library.contractHash ?? ''),
  };
  for (const [name, actual] of Object.entries(said)) {
    const expected = step.maybe(name);
    if (expected === actual) continue;
    throw new Difference(`${step.what}: ${name}: expected ${expected}, got ${actual}`);
  }
}

export async function openLibrary({ transport }: World, step: Fields): Promise<void> {
  const opening = Library.open(step.text('path'), { transport });
  compareFailure(step, await endingOf(opening.then((library) => library.close())));
}

/** Opens the library of the scenario again, as the client would. */
export async function requireContract(world: World, step: Fields): Promise<void> {
  const { transport, path } = world;
  const contract = JSON.parse(readFileSync(step.text('path'), 'utf8')) as ClientContract;
  const places = step.list('differences');
  const opening = Library.open(path, { transport, contract });
  const ending = await endingOf(opening.then((library) => library.close()));
  compareFailure(step, ending);
  if (places.length > 0) compareDifferences(step.what, places, ending.error as WeirError);
}

/** Compares where each is, and that the message has a line for it. */
function compareDifferences(what: string, places: unknown[], error: WeirError): void {
  const { differences = [], message } = error;
  const silent = differences.find((line) => !message.includes(`\n  ${line}`));
  if (silent !== undefined) throw new Difference(`${what}: the message has no line for ${silent}`);
  const found = differences.map((line) => line.split(':', 1)[0]);
  if (isDeepStrictEqual(places, found)) return;
  const [wanted, got] = [JSON.stringify(places), JSON.stringify(found)];
  throw new Difference(`${what}: differences: expected ${wanted}, got ${got}`);
}

export function closeLibrary({ library }: World): void {
  library.close();
}

export async function openPool({ library }: World, step: Fields): Promise<void> {
  const options = poolOptions(step.counts('options'));
  const ending = endingOfCall(() => library.createPool(options).close());
  await ending.value;
  compareFailure(step, ending);
}

export function prewarm({ pool }: World, step: Fields): void {
  const count = step.number('count');
  compareFailure(
    step,
    endingOfCall(() => pool.prewarm(count)),
  );
}

export async function closePool({ pool }: World, step: Fields): Promise<void> {
  const expected = step.counts('report');
  const ending = await inTime(step.what, endingOf(pool.close()));
  compareStatus(step.what, step.text('expect'), ending);
  compareCounts(`${step.what}: report`, expected, ending.value as object);
}

// expect.ts: what must hold for what comes back.

import { isDeepStrictEqual } from 'node:util';
import { WeirError } from '@weir-ffi/node';
import { Difference, type Fields, isObject } from './fields.js';
import { bytesOf, shown, shownText } from './payload.js';

/** How a call ended: with a value, or with an error. */
export interface Ending {
  readonly value?: unknown;
  readonly error?: unknown;
}

export const endingOf = (promise: Promise<unknown>): Promise<Ending> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

/** As `endingOf`, of a call that answers at once. */
export function endingOfCall(call: () => unknown): Ending {
  try {
    return { value: call() };
  } catch (error) {
    return { error };
  }
}

/** The status of a call as weir spells it. */
export function statusOf({ error }: Ending): string {
  if (error === undefined) return 'OK';
  return error instanceof WeirError ? error.code : String(error);
}

const messageOf = ({ error }: Ending): string => (error instanceof WeirError ? error.reason : '');

const differ = (what: string, expected: string, actual: string): never => {
  throw new Difference(`${what}: expected ${expected}, got ${actual}`);
};

export function comparePart(what: string, part: string, actual: string): void {
  if (actual.includes(part)) return;
  differ(what, `one with ${JSON.stringify(part)}`, shownText(actual));
}

/** Exactly this number, or one in between. */
function countFits(expected: unknown, actual: number): boolean {
  if (typeof expected === 'number') return actual === expected;
  const { min = 0, max = actual } = expected as { min?: number; max?: number };
  return min <= actual && actual <= max;
}

export function compareCount(what: string, expected: unknown, actual: number): void {
  if (!countFits(expected, actual)) differ(what, JSON.stringify(expected), String(actual));
}

/** drained_us as drainedUs, and slots_idle of an error's counts as idle. */
const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** @param actual has a number for each count, by its name in weir.h in camel case */
export function compareCounts(
  what: string,
  expected: Record<string, unknown>,
  actual: object | undefined,
): void {
  for (const [name, count] of Object.entries(expected)) {
    const number: unknown = (actual as Record<string, unknown> | undefined)?.[camel(name)];
    if (typeof number !== 'number') throw new Difference(`unknown count ${name}`);
    compareCount(`${what}: ${name}`, count, number);
  }
}

/** The counts of a pool that had no slot to give. */
export function compareSlots(
  what: string,
  expected: Record<string, unknown>,
  { error }: Ending,
): void {
  const slots = error instanceof WeirError ? error.slots : undefined;
  const counts = Object.entries(expected).map(([name, count]) => [
    name.replace('slots_', ''),
    count,
  ]);
  compareCounts(what, Object.fromEntries(counts), slots);
}

export function comparePayload(what: string, expected: unknown, actual: unknown): void {
  if (!isObject(expected)) return;
  if (typeof expected.integer === 'string' && !(actual instanceof Uint8Array)) {
    if (expected.integer !== String(actual)) differ(what, expected.integer, shown(actual));
    return;
  }
  const bytes = actual instanceof Uint8Array ? actual : differ(what, 'bytes', shown(actual));
  if (typeof expected.contains === 'string') {
    comparePart(what, expected.contains, Buffer.from(bytes).toString());
  } else if ('min' in expected) {
    compareCount(what, expected, Number(Buffer.from(bytes).toString()));
  } else if (Buffer.compare(bytesOf(expected), bytes) !== 0) {
    differ(what, shown(bytesOf(expected)), shown(bytes));
  }
}

export function compareStatus(what: string, expected: string, ending: Ending): void {
  if (statusOf(ending) === expected) return;
  const message = messageOf(ending);
  const said = message === '' ? '' : ` ${shownText(message)}`;
  differ(what, expected, `${statusOf(ending)}${said}`);
}

/** Compares status and message. */
export function compareFailure(step: Fields, ending: Ending): void {
  compareStatus(step.what, step.text('expect'), ending);
  const part = step.text('message');
  if (part !== '') comparePart(`${step.what}: message`, part, messageOf(ending));
}

/** Takes what a step expects of an answer. */
export function compareAnswer(step: Fields, ending: Ending): void {
  const expected = step.maybe('payload');
  const said = ['code', 'details', 'path'].map((name) => [name, step.maybe(name)] as const);
  compareFailure(step, ending);
  if (expected !== undefined) comparePayload(step.what, expected, ending.value);
  const { library } = ending.error instanceof WeirError ? ending.error : { library: undefined };
  for (const [name, wanted] of said) {
    const actual = library?.[name as keyof typeof library];
    if (wanted === undefined || isDeepStrictEqual(wanted, actual)) continue;
    differ(`${step.what}: ${name}`, JSON.stringify(wanted), String(JSON.stringify(actual)));
  }
}

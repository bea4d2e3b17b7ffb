// layout.ts has the numbers of native/layout.hpp, where the compiler checks the sizes of structs.

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as layout from './layout.js';

const header = readFileSync(new URL('../../native/layout.hpp', import.meta.url), 'utf8');

/** The one number that a pattern finds in the header. */
function number(pattern: RegExp): number {
  const found = pattern.exec(header)?.[1];
  if (found === undefined) throw new Error(`layout.hpp has nothing like ${pattern}`);
  return Number(found);
}

const sizeOf = (name: string): number =>
  number(new RegExp(`static_assert\\(sizeof\\(${name}\\) == (\\d+)\\)`));

const constant = (name: string): number => number(new RegExp(` ${name} = (\\w+);`));

test('both sides of the buffers have the same layout', () => {
  expect({ ...layout }).toMatchObject({
    OUTGOING_HEAD: sizeOf('OutgoingHead'),
    RECORD_HEAD: sizeOf('RecordHead'),
    RECORD_TAIL: sizeOf('RecordTail'),
    LARGE_PAYLOAD: constant('large_payload'),
    INLINE_PAYLOAD_MAX: constant('inline_payload_max'),
  });
});

test('items begin at multiples of 8', () => {
  expect([0, 1, 8, 9, 4095].map(layout.aligned)).toEqual([0, 8, 8, 16, 4096]);
});

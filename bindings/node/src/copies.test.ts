// How often a payload is copied on its way, counted.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Copies, countCopies } from './testing/copies.js';
import { compileEchoLibrary, type EchoLibrary } from './testing/echo-library.js';

let echo: EchoLibrary;
beforeAll(() => {
  echo = compileEchoLibrary();
});
afterAll(() => echo.remove());

/** What Node copies beside payloads, as a share of theirs. */
const BESIDE = 0.2;

test.each([
  ['addon', 4096],
  ['addon', 1024 * 1024],
  ['koffi', 4096],
  ['koffi', 1024 * 1024],
])('over %s a payload of %i bytes is copied at most twice each way', async (kind, size) => {
  const copies: Copies = await countCopies(echo.path, kind, size);
  expect(copies.in).toBeGreaterThan(1 - BESIDE); // the counter sees the core's
  expect(copies.in).toBeLessThan(2 + BESIDE);
  expect(copies.out).toBeLessThan(2 + BESIDE);
  // The library's own copy is one more; that it is seen shows that those of answers are.
  expect(copies.outGiven - copies.out).toBeGreaterThan(1 - BESIDE);
  expect(copies.outGiven - copies.out).toBeLessThan(1 + BESIDE);
});

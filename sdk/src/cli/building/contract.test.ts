import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makePlace, TINY } from '../testing/fake-runtime.js';
import { describeLibrary } from './contract.js';
import { findProject } from './project.js';

const place = makePlace();
afterAll(() => place.remove());

let count = 0;
function describe(source: string, timeoutMs?: number) {
  const file = `case-${count++}.ts`;
  place.write({ 'package.json': '{}', [file]: source });
  return describeLibrary(findProject(place.folder, join(place.folder, file)), timeoutMs);
}

test('a library says its name, its methods in their order, and its contract', async () => {
  const found = await describe(TINY);
  expect(found).toMatchObject({ name: 'tiny', version: '1.2.3', abi: 1 });
  expect(found.methods).toEqual(['later', 'echo']);
  expect(found.contract.weir).toBe(1);
});

test('what the module prints and the timers that it leaves do no harm', async () => {
  const noise = 'console.log("{}"); console.error("x"); setInterval(() => {}, 1000);';
  expect((await describe(noise + TINY)).name).toBe('tiny');
});

test.each([
  ['export const a = 1;', /no default export/],
  ['export default null;', /default export is null/],
  ['export default () => 1;', /default export is of type function/],
  ['export default { contract: {} };', /default export is of type object/],
])('%s is not a library', async (source, message) => {
  await expect(describe(source)).rejects.toMatchObject({
    code: 'ERR_WEIR_NOT_A_LIBRARY',
    message: expect.stringMatching(message),
    hint: expect.stringContaining('defineLibrary'),
  });
});

test('a library for another engine is refused', async () => {
  await expect(describe(TINY.replace('abi: 1', 'abi: 99'))).rejects.toMatchObject({
    code: 'ERR_WEIR_NOT_A_LIBRARY',
    message: expect.stringContaining('engine ABI 99'),
  });
});

test('a module that throws fails with what it threw and where', async () => {
  await expect(describe('throw new RangeError("not today");')).rejects.toMatchObject({
    code: 'ERR_WEIR_LIBRARY_LOAD',
    message: expect.stringContaining('RangeError: not today'),
    more: expect.stringMatching(/case-\d+\.ts:1/),
  });
});

test('a module that ends the process is said to have done so', async () => {
  await expect(describe('process.exit(0);')).rejects.toMatchObject({
    code: 'ERR_WEIR_LIBRARY_LOAD',
    message: expect.stringContaining('its process ended'),
  });
});

test('a module that does not end is killed', async () => {
  await expect(describe('for (;;) {}', 500)).rejects.toMatchObject({
    code: 'ERR_WEIR_LIBRARY_LOAD',
    message: expect.stringContaining('did not load in 0.5 s'),
  });
});

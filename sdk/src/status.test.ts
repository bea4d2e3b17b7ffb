import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { statusName } from './cli/status.js';
import { statusName as failureName } from './host/error.js';
import { STATUS_NAMES } from './status.js';

test('the names of statuses are those of weir.h', () => {
  const header = new URL('../../cabi/include/weir/weir.h', import.meta.url);
  const text = readFileSync(header, 'utf8');
  const found = [...text.matchAll(/^ {4}WEIR_(?:ERR_)?([A-Z0-9_]+) = (\d+)[,\s]/gm)]
    .map(([, name, number]) => [Number(number), name] as const)
    .filter(([number, name]) => name === 'OK' || text.includes(`WEIR_ERR_${name} = ${number}`));
  for (const [number, name] of found) expect(STATUS_NAMES[number]).toBe(name);
  expect(found.length).toBe(STATUS_NAMES.length);
});

test('a status of a later weir is a number, and to a host an argument that was not valid', () => {
  expect(statusName(999)).toBe('STATUS 999');
  expect(failureName(999)).toBe('INVALID_ARGUMENT');
});

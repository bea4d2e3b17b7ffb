import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { STATUS_NAMES, statusName } from './status.js';

test('the names of statuses are those of weir.h', () => {
  const header = new URL('../../../cabi/include/weir/weir.h', import.meta.url);
  const text = readFileSync(header, 'utf8');
  const found = [...text.matchAll(/^ {4}WEIR_(?:ERR_)?([A-Z0-9_]+) = (\d+)[,\s]/gm)]
    .map(([, name, number]) => [Number(number), name] as const)
    .filter(([number, name]) => name === 'OK' || text.includes(`WEIR_ERR_${name} = ${number}`));
  for (const [number, name] of found) expect(statusName(number)).toBe(name);
  expect(found.length).toBe(STATUS_NAMES.length);
});

test('a status of a later weir is a number', () => {
  expect(statusName(999)).toBe('STATUS 999');
});

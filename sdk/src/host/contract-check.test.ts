/** Whether a client fits a library that is already open. */

import { expect, test } from '@jest/globals';
import { type ContractDocument, contractHash } from '../contract/index.js';
import { ContractCheck } from './contract-check.js';
import { WeirError } from './error.js';
import type { TransportLibrary } from './transport.js';
import type { ClientContract } from './types.js';

const document = (
  version: string,
  methods: ContractDocument['methods'] = {},
): ContractDocument => ({
  ...{ weir: 1, name: 'shelf', version, config: null, methods, events: {}, errors: {} },
});
const clientOf = (of: ContractDocument): ClientContract => ({
  ...{ name: of.name, version: of.version, hash: contractHash(of), document: of },
});
const libraryOf = ({ name, version }: ContractDocument) => ({ name, version }) as TransportLibrary;

const reset = { input: null, output: null };
const one = document('1.0.0', { reset });
const two = document('2.0.0', { reset, add: reset });

function failureOf(check: ContractCheck, client: ClientContract): WeirError | undefined {
  try {
    check.require('create', client);
    return undefined;
  } catch (error) {
    if (error instanceof WeirError) return error;
    throw error;
  }
}

test('the client that opened it fits, and one of a version that nothing breaks', () => {
  const check = new ContractCheck(libraryOf(two), two, clientOf(two));
  expect(failureOf(check, clientOf(two))).toBeUndefined();
  expect(failureOf(check, clientOf(one))).toBeUndefined();
});

test('one that misses a method is told which, each time', () => {
  const check = new ContractCheck(libraryOf(one), one, undefined);
  for (const _ of [1, 2]) {
    const error = failureOf(check, clientOf(two));
    expect(error).toMatchObject({ code: 'CONTRACT_MISMATCH', operation: 'create' });
    expect(error?.message).toMatch(/made for shelf 2\.0\.0, the library is shelf 1\.0\.0/);
    expect(error?.differences).toEqual([expect.stringMatching(/^\/methods\/add: /)]);
  }
});

test('the client of another library is refused by name', () => {
  const other = { ...one, name: 'bookmarks' };
  const error = failureOf(new ContractCheck(libraryOf(other), other, undefined), clientOf(one));
  expect(error?.differences?.[0]).toMatch(/it is another library/);
});

test('a native library that was opened without a contract has none', () => {
  const error = failureOf(new ContractCheck(libraryOf(one), undefined, undefined), clientOf(one));
  expect(error).toMatchObject({ code: 'CONTRACT_MISMATCH' });
  expect(error?.message).toMatch(/opened without a contract/);
});

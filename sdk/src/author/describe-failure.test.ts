import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeFailure, PAYLOAD_MAX, STATUS_HANDLER } from './describe-failure.js';
import { LibraryError, ValidationError } from './library-error.js';

const declared = (code: string, details: unknown) => (code === 'CODE' ? { details } : undefined);

function described(thrown: unknown, stack = false) {
  const { status, payload } = describeFailure(thrown, stack, declared);
  expect(payload.length).toBeLessThanOrEqual(PAYLOAD_MAX);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  const [message = '', json] = text.split('\0');
  return { status, message, extra: json === undefined ? undefined : JSON.parse(json) };
}

const throwing = {
  get message(): string {
    throw new Error('a getter that throws');
  },
};
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const hostile = new Proxy(new Error('x'), {
  get() {
    throw new Error('a trap');
  },
  getPrototypeOf() {
    throw new Error('another');
  },
});

describe('any thrown thing has a text', () => {
  test.each([
    ['an error', new Error('plain'), 'plain'],
    ['an error of a class', new RangeError('far'), 'RangeError: far'],
    ['an error without a message', new Error(), 'an object without a message was thrown'],
    ['a text', 'words', 'words'],
    ['an empty text', '', 'an empty text was thrown'],
    ['null', null, 'null was thrown'],
    ['undefined', undefined, 'undefined was thrown'],
    ['a number', 7, '7 was thrown'],
    ['a bigint', 7n, '7 was thrown'],
    ['a symbol', Symbol('s'), 'Symbol(s) was thrown'],
    ['a function', () => 0, 'a function was thrown'],
    ['an object', {}, 'an object without a message was thrown'],
    ['an object with a message', { message: 'said' }, 'said'],
    ['an object with a message of another type', { message: { a: 1 } }, 'an object without'],
    ['an object whose getters throw', throwing, 'whose message cannot be read'],
    ['a revoked proxy', revoked(), 'whose message cannot be read'],
    ['a proxy whose traps throw', hostile, 'whose message cannot be read'],
    ['an object without a prototype', Object.create(null), 'an object without'],
  ])('%s', (_name, thrown, text) => {
    const { status, message } = described(thrown, true);
    expect(status).toBe(STATUS_HANDLER);
    expect(message).toContain(text);
  });
});

test('a zero or a lone surrogate in a message is replaced', () => {
  expect(described(new Error('a\0b\ud800c')).message).toBe('a\ufffdb\ufffdc');
});

test('a stack is told only when asked for', () => {
  expect(described(new Error('x')).extra).toBeUndefined();
  expect(described(new Error('x'), true).extra.stack).toContain('Error: x');
});

test('of too much the stack is cut first, then the message', () => {
  const error = new LibraryError('CODE', { line: 1 }, '😀'.repeat(300));
  error.stack = 's'.repeat(100_000);
  const { message, extra } = described(error, true);
  expect(message).toBe('😀'.repeat(300));
  expect(extra.details).toEqual({ line: 1 });
  expect(extra.stack).toMatch(/^s{1000,}$/);

  const long = new LibraryError('CODE', { text: 'd'.repeat(2500) }, '😀'.repeat(5000));
  const cut = described(long);
  expect(cut.message).toMatch(/^(😀){300,}$/u);
  expect(cut.extra).toEqual({ code: 'CODE', details: { text: 'd'.repeat(2500) } });

  const huge = new LibraryError('CODE', { text: 'd'.repeat(10_000) }, 'm');
  expect(described(huge)).toMatchObject({ message: 'm', extra: { code: 'CODE' } });
});

test('details that JSON has no form for do not hide the code', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(described(new LibraryError('CODE', circle, 'm')).extra).toEqual({ code: 'CODE' });
  const mixed = new LibraryError('CODE', { big: 2n ** 70n, few: 3n, raw: Uint8Array.of(1) }, 'm');
  expect(described(mixed).extra.details).toEqual({ big: `${2n ** 70n}`, few: 3, raw: 'AQ==' });
});

test('a validation error has its path and a status of its own', () => {
  expect(described(new ValidationError('m', 'input', '/a/0'))).toEqual({
    status: 1,
    message: 'm',
    extra: { path: '/a/0' },
  });
  expect(described(new ValidationError('m', 'config', '')).status).toBe(15);
  expect(described(new ValidationError('m', 'output', '')).status).toBe(16);
});

test('whatever is thrown, the result is valid and bounded', () => {
  const anything = fc.anything({
    withBigInt: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  fc.assert(fc.property(anything, (thrown) => void described(thrown, true)));
  const error = fc.record({
    message: fc.string({ unit: 'binary', maxLength: 5000 }),
    stack: fc.string(),
  });
  fc.assert(fc.property(error, (thrown) => void described(thrown, true)));
});

import { describe, expect, test } from '@jest/globals';
import type * as z from 'zod';
import {
  bytes,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  text,
  uint8,
  uint16,
  uint32,
  uint64,
} from '../index.js';

describe('widths', () => {
  const widths: [string, z.ZodType, number, number][] = [
    ['int8', int8(), -128, 127],
    ['int16', int16(), -32768, 32767],
    ['int32', int32(), -(2 ** 31), 2 ** 31 - 1],
    ['uint8', uint8(), 0, 255],
    ['uint16', uint16(), 0, 65535],
    ['uint32', uint32(), 0, 2 ** 32 - 1],
    ['int64 as number', int64({ as: 'number' }), -(2 ** 53 - 1), 2 ** 53 - 1],
    ['uint64 as number', uint64({ as: 'number' }), 0, 2 ** 53 - 1],
  ];
  test.each(widths)('%s', (_name, schema, low, high) => {
    for (const good of [low, high, 1]) expect(schema.safeParse(good).success).toBe(true);
    for (const bad of [low - 1, high + 1, 0.5, Number.NaN, '1', 1n, null]) {
      expect(schema.safeParse(bad).success).toBe(false);
    }
  });

  test.each([
    ['int64', int64(), -(2n ** 63n), 2n ** 63n - 1n],
    ['uint64', uint64(), 0n, 2n ** 64n - 1n],
  ])('%s', (_name, schema, low, high) => {
    for (const good of [low, high, 1n]) expect(schema.parse(good)).toBe(good);
    expect(schema.parse(1)).toBe(1n);
    for (const bad of [low - 1n, high + 1n, 0.5, 2 ** 60, '1', true, null]) {
      expect(schema.safeParse(bad).success).toBe(false);
    }
  });

  test('a width keeps its ways through the methods of Zod', () => {
    expect(int64().min(2n).parse(2)).toBe(2n);
    expect(int64().min(2n).safeParse(1).success).toBe(false);
    expect(int64().optional().parse(undefined)).toBeUndefined();
    expect(
      int64()
        .describe('x')
        .refine((n) => n > 1n)
        .parse(5),
    ).toBe(5n);
  });

  test('floats are finite, a float32 is within its range', () => {
    expect(float64().parse(1e300)).toBe(1e300);
    expect(float32().safeParse(1e300).success).toBe(false);
    expect(float64().safeParse(Number.POSITIVE_INFINITY).success).toBe(false);
  });
});

test('bytes have limits and are a Uint8Array', () => {
  expect(bytes().safeParse(new Uint8Array()).success).toBe(true);
  expect(bytes().safeParse(Buffer.from('a')).success).toBe(true);
  const some = bytes({ min: 1, max: 2 });
  expect(some.safeParse(new Uint8Array(2)).success).toBe(true);
  for (const bad of [new Uint8Array(), new Uint8Array(3), [1], 'a', new Uint16Array(1), null]) {
    expect(some.safeParse(bad).success).toBe(false);
  }
  expect(some.safeParse('').error?.issues[0]?.message).toContain('1 to 2 bytes');
});

test('text has no half surrogate pairs', () => {
  expect(text().max(4).parse('a😀')).toBe('a😀');
  expect(text().safeParse('\ud83d').success).toBe(false);
});

/** The golden vectors that all languages share. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { decode, encode, WireError } from './index.js';

type Hex = string | (string | [string, number])[];
interface Value {
  int?: string;
  float?: string;
  bool?: boolean;
  null?: true;
  text?: string;
  bytes?: string;
  repeat?: number;
  array?: Value[];
  map?: [string, Value][];
  deep?: 'array' | 'map';
  levels?: number;
}
interface Vectors {
  valid: { name: string; hex: Hex; value: Value; decodeOnly?: boolean }[];
  refused: { name: string; hex: Hex; offset?: number }[];
  refusedText: { name: string; utf16: string[]; path: string; within?: string }[];
  unknownKeys: { name: string; hex: Hex; known: string[]; value: Value }[];
}

const file = new URL('../../vectors/cbor.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

function bytesOf(hex: Hex): Uint8Array {
  const parts = typeof hex === 'string' ? [hex] : hex;
  const texts = parts.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1])));
  return new Uint8Array(Buffer.from(texts.join(''), 'hex'));
}

function deep(kind: 'array' | 'map', levels: number): unknown {
  const inner = levels === 1 ? undefined : deep(kind, levels - 1);
  if (kind === 'array') return inner === undefined ? [] : [inner];
  return inner === undefined ? {} : { a: inner };
}

function mapOf(entries: [string, Value][]): unknown {
  const object = {};
  for (const [key, value] of entries) {
    const described = { value: toValue(value), enumerable: true, writable: true };
    Object.defineProperty(object, key, { ...described, configurable: true });
  }
  return object;
}

function toValue(value: Value): unknown {
  if (value.int !== undefined) {
    const number = Number(value.int);
    return Number.isSafeInteger(number) ? number : BigInt(value.int);
  }
  if (value.float !== undefined) return Number(value.float);
  if (value.bool !== undefined) return value.bool;
  if (value.null) return null;
  if (value.text !== undefined) return value.text.repeat(value.repeat ?? 1);
  if (value.bytes !== undefined) return bytesOf([[value.bytes, value.repeat ?? 1]]);
  if (value.array !== undefined) return value.array.map(toValue);
  if (value.map !== undefined) return mapOf(value.map);
  if (value.deep !== undefined) return deep(value.deep, value.levels ?? 0);
  throw new Error(`a value of an unknown kind: ${JSON.stringify(value)}`);
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('valid', () => {
  test.each(vectors.valid)('$name', ({ hex, value, decodeOnly }) => {
    const bytes = bytesOf(hex);
    const decoded = decode(bytes);
    expect(decoded).toStrictEqual(toValue(value));
    if (decodeOnly) return;
    const encoded = encode(toValue(value));
    expect(Buffer.compare(encoded, bytes)).toBe(0);
  });
});

describe('refused', () => {
  test.each(vectors.refused)('$name', ({ hex, offset }) => {
    const error = thrownBy(() => decode(bytesOf(hex)));
    expect(error).toBeInstanceOf(WireError);
    expect((error as WireError).offset).toEqual(offset ?? expect.any(Number));
    expect((error as WireError).message).toMatch(/at byte \d+$/);
  });
});

/** `text` at the place that a JSON pointer names. */
function placedAt(pointer: string, text: string): unknown {
  const keys = pointer.split('/').slice(1).reverse();
  return keys.reduce<unknown>((inner, key) => {
    if (!/^\d+$/.test(key)) return { [key]: inner };
    return [...Array.from({ length: Number(key) }, () => null), inner];
  }, text);
}

describe('refused text', () => {
  test.each(vectors.refusedText)('$name', ({ utf16, path, within }) => {
    const units = utf16.map((unit) => Number.parseInt(unit, 16));
    const text = String.fromCharCode(...units);
    for (const longer of [text, text + 'x'.repeat(100)]) {
      const error = thrownBy(() => encode(placedAt(within ?? '', longer)));
      expect(error).toBeInstanceOf(WireError);
      expect((error as WireError).path).toBe(path);
    }
  });
});

test('a million numbers and a flat bomb are bounded by their bytes', () => {
  const bytes = bytesOf(['9a000f4240', ['00', 1_000_000]]);
  expect((decode(bytes) as unknown[]).length).toBe(1_000_000);
});

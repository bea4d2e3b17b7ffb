/** The wire beyond the golden vectors: any value, any bytes, and beside another implementation. */

import { describe, expect, test } from '@jest/globals';
import { Encoder } from 'cbor-x';
import fc from 'fast-check';
import { decode, encode, isWellFormed, WireError } from './index.js';

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -(2n ** 64n), max: -(2n ** 53n) }),
    fc.string({ unit: 'binary', maxLength: 60 }).filter(isWellFormed),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('any'), { maxLength: 30 }),
    fc.dictionary(fc.string({ maxLength: 30 }), tie('any'), { maxKeys: 30, noNullPrototype: true }),
  ),
})).any;

const thrownBy = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
};

test('any value comes back as it was', () => {
  fc.assert(fc.property(value, (one) => expect(decode(encode(one))).toStrictEqual(one)));
});

test('any bytes give a value or a WireError, and a value encodes again', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.tuple(value, fc.nat(), fc.nat(255)).map(([one, place, byte]) => {
      const encoded = Uint8Array.from(encode(one));
      if (encoded.length > 0) encoded[place % encoded.length] = byte;
      return encoded;
    }),
  );
  fc.assert(
    fc.property(bytes, (data) => {
      const error = thrownBy(() => {
        const decoded = decode(data);
        if (decoded === undefined || JSON.stringify(decoded, hide)?.includes('hidden')) return;
        expect(decode(encode(decoded))).toStrictEqual(decoded);
      });
      if (error !== undefined) expect(error).toBeInstanceOf(WireError);
    }),
    { numRuns: 2000 },
  );
});

/** Bignums of over 64 bits and undefined within arrays can be read and not written. */
function hide(_key: string, inner: unknown): unknown {
  if (typeof inner === 'bigint') return inner > -(2n ** 64n) && inner < 2n ** 64n ? '' : 'hidden';
  return inner === undefined ? 'hidden' : inner;
}

test('cbor-x reads what we write', () => {
  const other = new Encoder({ useRecords: false, mapsAsObjects: true }) as unknown as {
    decode(bytes: Uint8Array): unknown;
  };
  // Where it differs on purpose of its own: __proto__, a byte order mark, bigint for each 64 bits.
  const shared = value.filter((one) => {
    const text = JSON.stringify(one, (_key, inner) => (typeof inner === 'bigint' ? 0 : inner));
    return !text.includes('__proto__') && !text.includes('\ufeff');
  });
  const plain = (one: unknown): unknown => {
    if (one instanceof Uint8Array) return [...one];
    if (typeof one === 'bigint') return Number(one);
    if (Array.isArray(one)) return one.map(plain);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, plain(inner)]));
  };
  fc.assert(
    fc.property(shared, (one) =>
      expect(plain(other.decode(Buffer.from(encode(one))))).toEqual(plain(one)),
    ),
  );
});

describe('encode', () => {
  test('leaves undefined properties out, also where that shortens the head', () => {
    expect(decode(encode({ a: undefined, b: 1 }))).toEqual({ b: 1 });
    for (const count of [23, 24, 25, 255, 256, 257]) {
      const entries = Array.from({ length: count }, (_, n) => [`k${n}`, n % 3 ? n : undefined]);
      const kept = Object.fromEntries(entries.filter(([, one]) => one !== undefined));
      expect(decode(encode([Object.fromEntries(entries), 'after']))).toEqual([kept, 'after']);
      expect(encode(Object.fromEntries(entries))).toEqual(encode(kept));
    }
  });

  const circle: unknown[] = [];
  circle.push({ again: circle });
  class Point {
    x = 1;
  }
  test.each([
    ['a date', { at: [new Date(0)] }, '/at/0', 'a Date'],
    ['a Map', { m: new Map() }, '/m', 'Map'],
    ['an instance of a class', [new Point()], '/0', 'Point'],
    ['a function', { 'a/b~c': () => 0 }, '/a~1b~0c', 'a function'],
    ['a symbol', [Symbol('s')], '/0', 'a symbol'],
    ['undefined in an array', [1, undefined], '/1', 'undefined'],
    ['a hole in an array', new Array(1), '/0', 'undefined'],
    ['a bigint beyond 64 bits', { n: 2n ** 64n }, '/n', '64 bits'],
    ['other typed arrays', [new Uint16Array(1)], '/0', 'Uint16Array'],
  ])('refuses %s with its path', (_name, one, path, why) => {
    const error = thrownBy(() => encode(one)) as WireError;
    expect(error).toBeInstanceOf(WireError);
    expect(error.path).toBe(path);
    expect(error.message).toContain(why);
    expect(decode(encode('the next one is fine'))).toBe('the next one is fine');
  });

  test('refuses a circle', () => {
    expect(thrownBy(() => encode(circle))).toBeInstanceOf(WireError);
  });

  test('a result is never written again', () => {
    const results = Array.from({ length: 2000 }, (_, n) => ({ n, text: 'x'.repeat(n % 700) }));
    const encoded = results.map((one) => encode(one));
    expect(encoded.map((bytes) => decode(bytes))).toEqual(results);
  });
});

describe('decode', () => {
  test('__proto__ is a property and changes no prototype', () => {
    const decoded = decode(Buffer.from('a1695f5f70726f746f5f5fa16161f5', 'hex')) as object;
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect((decoded as { a?: unknown }).a).toBeUndefined();
    expect(({} as { a?: unknown }).a).toBeUndefined();
    expect(Object.keys(decoded)).toEqual(['__proto__']);
  });

  test('byte strings are copies', () => {
    const data = Buffer.from('4401020304', 'hex');
    const decoded = decode(data) as Uint8Array;
    data.fill(9);
    expect([...decoded]).toEqual([1, 2, 3, 4]);
    expect(decoded.constructor).toBe(Uint8Array);
    expect(decoded.buffer.byteLength).toBe(4);
  });
});

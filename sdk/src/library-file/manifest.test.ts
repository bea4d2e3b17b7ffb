import { expect, test } from '@jest/globals';
import { checkManifest, formatManifest, METHODS_MAX, parseManifest } from './manifest.js';

const manifest = {
  format: 1,
  name: 'formatter',
  version: '1.2.3',
  engine: { kind: 'node', abi: 1 },
  contract: 'a'.repeat(64),
  methods: ['format'],
};

test('a manifest is the same after writing and reading', () => {
  const whole = { ...manifest, memory: { heapMiB: 64 }, cacheKey: 'key' };
  expect(parseManifest(formatManifest(checkManifest(whole)))).toEqual(whole);
});

test('members that are not known are left out', () => {
  expect(checkManifest({ ...manifest, later: 1 })).toEqual(manifest);
});

test.each([
  [{ format: 2 }, /format is 2; this reader knows 1/],
  [{ name: '' }, /name must be a text that is not empty/],
  [{ name: 'a\0b' }, /name contains a zero character/],
  [{ name: '\ud800' }, /name is not valid Unicode/],
  [{ version: 1 }, /version must be a text/],
  [{ engine: null }, /engine must be an object/],
  [{ engine: { kind: 'deno', abi: 1 } }, /engine.kind is "deno"/],
  [{ engine: { kind: 'node', abi: 0 } }, /engine.abi/],
  [{ contract: 'A'.repeat(64) }, /contract is no SHA-256/],
  [{ methods: {} }, /methods must be an array/],
  [{ methods: ['a', 'a'] }, /the method "a" stands twice/],
  [{ methods: ['ä'.repeat(128)] }, /methods\[0\] is longer than 255 bytes/],
  [{ methods: Array.from({ length: METHODS_MAX + 1 }, (_, i) => `m${i}`) }, /more than 65535/],
  [{ memory: { heapMiB: 0.5 } }, /memory.heapMiB/],
  [{ memory: 3 }, /memory must be an object/],
  [{ cacheKey: 7 }, /cacheKey must be a text/],
])('a manifest with %j is refused', (change, message) => {
  expect(() => checkManifest({ ...manifest, ...change })).toThrow(message);
});

test('bytes that are not UTF-8 or not JSON are refused', () => {
  expect(() => parseManifest(new Uint8Array([0xff]))).toThrow(/manifest: .*encod/);
  expect(() => parseManifest(new TextEncoder().encode('{'))).toThrow(/manifest: .*JSON/);
  expect(() => parseManifest(new TextEncoder().encode('[]'))).toThrow(/must be an object/);
});

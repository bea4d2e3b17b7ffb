import { expect, test } from '@jest/globals';
import { readSections, writeSections } from './container.js';
import { ENTRY, ENTRY_SIZE, HEAD_SIZE, LibraryFileError } from './format.js';
import { type LibraryParts, readLibraryFile, writeLibraryFile } from './library-file.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const parts: LibraryParts = {
  manifest: {
    format: 1,
    name: 'formatter',
    version: '1.2.3',
    engine: { kind: 'node', abi: 1 },
    methods: ['format', 'prüfen'],
  },
  contract: text('{"methods":{},"name":"formatter","weir":1}'),
  bundle: text('module.exports = {};\n'),
  map: text('{"version":3}'),
};

const file = writeLibraryFile(parts);
const sectionStarts = HEAD_SIZE + 4 * ENTRY_SIZE;

function failure(bytes: Uint8Array): LibraryFileError {
  try {
    readLibraryFile(bytes);
  } catch (error) {
    if (error instanceof LibraryFileError) return error;
    throw error;
  }
  throw new Error('accepted');
}

function changed(at: number, value: number): Uint8Array {
  const copy = file.slice();
  copy[at] = value;
  return copy;
}

test('what was written is read again', () => {
  const read = readLibraryFile(file);
  expect(read.manifest).toEqual({ ...parts.manifest, contract: read.sections[1]?.sha256 });
  expect(read.bundle).toEqual(parts.bundle);
  expect(read.contract).toEqual(parts.contract);
  expect(read.map).toEqual(parts.map);
  expect(read.cache).toBeUndefined();
  expect(read.sections.map(({ name, offset }) => [name, offset % 8])).toEqual([
    ['manifest', 0],
    ['contract', 0],
    ['bundle', 0],
    ['map', 0],
  ]);
});

test('a code cache comes with the key of its engine, last', () => {
  const cached = writeLibraryFile({
    ...parts,
    manifest: { ...parts.manifest, cacheKey: 'v8-10.2' },
    cache: new Uint8Array([1, 2, 3]),
  });
  const read = readLibraryFile(cached);
  expect(read.cache).toEqual(new Uint8Array([1, 2, 3]));
  expect(read.manifest.cacheKey).toBe('v8-10.2');
  expect(read.sections.at(-1)?.name).toBe('cache');
  expect(() => writeLibraryFile({ ...parts, cache: new Uint8Array() })).toThrow(/no cacheKey/);
});

test('the same parts give the same bytes, and a file may stand inside a larger buffer', () => {
  expect(writeLibraryFile({ ...parts })).toEqual(file);
  const larger = new Uint8Array(file.length + 10);
  larger.set(file, 7);
  expect(readLibraryFile(larger.subarray(7, 7 + file.length)).manifest.name).toBe('formatter');
});

test('a file cut at any byte is refused with the byte where it ends', () => {
  for (let length = 0; length < file.length; length++) {
    const error = failure(file.subarray(0, length));
    if (length < sectionStarts) expect(error.offset).toBe(length);
    expect(error.message).toMatch(/at byte \d+/);
    expect(error.offset).toBeLessThanOrEqual(length);
  }
});

test('a file with any bit flipped is refused, but for the name of an optional section', () => {
  const mapEntry = HEAD_SIZE + 3 * ENTRY_SIZE;
  for (let at = 0; at < file.length; at++) {
    if (at >= mapEntry && at < mapEntry + ENTRY.offset) continue;
    for (const bit of [1, 128]) failure(changed(at, (file[at] ?? 0) ^ bit));
  }
});

test('the message says what is wrong and where', () => {
  expect(failure(changed(3, 0)).message).toMatch(/not a weir library.*at byte 3/);
  expect(failure(changed(8, 2)).message).toMatch(/format version 2.*knows 1.*at byte 8/);
  expect(failure(changed(12, 0)).message).toMatch(/0 sections.*at byte 12/);
  expect(failure(changed(12, 17)).message).toMatch(/17 sections.*at byte 12/);
  const second = HEAD_SIZE + ENTRY_SIZE;
  expect(failure(changed(second, 33)).message).toMatch(/section name: "!ontract".*at byte 80/);
  expect(failure(changed(second + ENTRY.offset, 1)).message).toMatch(/"contract".*begin at/);
  expect(failure(changed(second + ENTRY.length + 7, 255)).message).toMatch(/"contract" needs/);
  expect(failure(changed(file.length - 1, 0)).message).toMatch(/"map" is damaged/);
  const longer = new Uint8Array(file.length + 1);
  longer.set(file);
  expect(failure(longer).message).toMatch(/1 bytes follow the last section/);
});

test('lengths beyond any file do not wrap', () => {
  const copy = file.slice();
  const entry = HEAD_SIZE + 3 * ENTRY_SIZE;
  copy.fill(255, entry + ENTRY.length, entry + ENTRY.length + 8);
  expect(failure(copy).message).toMatch(/needs 18446744073709551615 bytes/);
});

test('sections must be named well, once, and at most sixteen', () => {
  const section = (name: string) => ({ name, bytes: new Uint8Array() });
  for (const name of ['', 'Big', 'a b', 'seventeen-letters', 'a\0']) {
    expect(() => writeSections([section(name)])).toThrow(/not a section name/);
  }
  expect(() => writeSections([section('a'), section('a')])).toThrow(/stands twice/);
  expect(() => writeSections([])).toThrow(/needs a section/);
  const many = (count: number) => Array.from({ length: count }, (_, i) => section(`s${i}`));
  expect(readSections(writeSections(many(16)))).toHaveLength(16);
  expect(() => writeSections(many(17))).toThrow(/17 sections/);
});

test('what is required must be there, in its order', () => {
  const sections = readSections(file).map(({ name, bytes }) => ({ name, bytes }));
  const [manifest, contract, bundle, map] = sections as [Section, Section, Section, Section];
  expect(failure(writeSections([contract, manifest, bundle])).message).toMatch(/first section/);
  expect(failure(writeSections([manifest, bundle])).message).toMatch(/no section "contract"/);
  const swapped = writeSections([manifest, contract, map, bundle]);
  expect(failure(swapped).message).toMatch(/"bundle" stands behind "map"/);
  const later = { name: 'signature', bytes: new Uint8Array([1]) };
  const read = readLibraryFile(writeSections([manifest, contract, bundle, later]));
  expect(read.sections.at(-1)?.name).toBe('signature');
  const other = { name: 'contract', bytes: text('{}') };
  expect(failure(writeSections([manifest, other, bundle])).message).toMatch(/another contract/);
});

type Section = { name: string; bytes: Uint8Array };

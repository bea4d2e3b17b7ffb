/**
 * A library file as its parts: manifest, contract, bundle, source map, code cache.
 *
 * Guarantees: the manifest fits the rest (its contract hash is that of the contract section, it has
 * a cache key exactly when there is a cache), for what is written as for what is read.
 */

import { createHash } from 'node:crypto';
import { readSections, writeSections } from './container.js';
import {
  LibraryFileError,
  type PlacedSection,
  SECTION_ORDER,
  SECTIONS_REQUIRED,
  type Section,
} from './format.js';
import { formatManifest, type Manifest, parseManifest } from './manifest.js';

/** What goes into a file; all but the manifest as bytes. */
export interface LibraryParts {
  /** `contract` is filled in by the writer. */
  readonly manifest: Omit<Manifest, 'contract'>;
  /** Canonical JSON of the contract without its version, which stands in the manifest. */
  readonly contract: Uint8Array;
  /** CommonJS JavaScript, UTF-8. */
  readonly bundle: Uint8Array;
  /** Source map version 3, JSON. */
  readonly map?: Uint8Array;
  /** V8 code cache of the bundle, made by the engine that manifest.cacheKey names. */
  readonly cache?: Uint8Array;
}

/** A library file that was read. Bytes are views of the file. */
export interface LibraryFile {
  readonly manifest: Manifest;
  readonly contract: Uint8Array;
  readonly bundle: Uint8Array;
  readonly map: Uint8Array | undefined;
  readonly cache: Uint8Array | undefined;
  /** All sections as they stand, also those that this reader does not know. */
  readonly sections: readonly PlacedSection[];
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function checkCache(manifest: Omit<Manifest, 'contract'>, cache: Uint8Array | undefined): void {
  if ((manifest.cacheKey === undefined) === (cache === undefined)) return;
  throw new LibraryFileError(
    cache === undefined
      ? 'the manifest has a cacheKey and there is no code cache'
      : 'there is a code cache and the manifest has no cacheKey',
  );
}

/**
 * The bytes of a library file. The same parts always give the same bytes.
 *
 * @throws LibraryFileError when the manifest is not valid or does not fit the parts
 */
export function writeLibraryFile(parts: LibraryParts): Uint8Array {
  checkCache(parts.manifest, parts.cache);
  const manifest = formatManifest({ ...parts.manifest, contract: hashOf(parts.contract) });
  const bytes = { ...parts, manifest };
  const sections = SECTION_ORDER.flatMap((name): Section[] => {
    const content = bytes[name];
    return content === undefined ? [] : [{ name, bytes: content }];
  });
  return writeSections(sections);
}

/**
 * Read and verify a library file: its structure, each section's hash, the manifest.
 *
 * @throws LibraryFileError that says what is wrong and at which byte
 */
export function readLibraryFile(bytes: Uint8Array): LibraryFile {
  const sections = readSections(bytes);
  const find = (name: string) => sections.find((section) => section.name === name)?.bytes;
  checkOrder(sections);
  const [manifestBytes, contract, bundle] = SECTIONS_REQUIRED.map((name) => {
    const content = find(name);
    if (content === undefined) throw new LibraryFileError(`there is no section "${name}"`);
    return content;
  }) as [Uint8Array, Uint8Array, Uint8Array];
  const manifest = parseManifest(manifestBytes);
  const cache = find('cache');
  checkCache(manifest, cache);
  if (manifest.contract !== hashOf(contract)) {
    throw new LibraryFileError('the manifest is of another contract: its hash differs');
  }
  return { manifest, contract, bundle, map: find('map'), cache, sections };
}

function checkOrder(sections: readonly PlacedSection[]): void {
  if (sections[0]?.name !== 'manifest') {
    throw new LibraryFileError('the first section is not "manifest"', sections[0]?.offset);
  }
  const order: readonly string[] = SECTION_ORDER;
  let last = -1;
  for (const { name, offset } of sections) {
    const place = order.indexOf(name);
    if (place < 0) continue;
    if (place < last) {
      throw new LibraryFileError(`the section "${name}" stands behind "${order[last]}"`, offset);
    }
    last = place;
  }
}

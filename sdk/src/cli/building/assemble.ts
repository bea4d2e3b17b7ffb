/**
 * Makes the bytes of a library file from a bundle and what the library said of itself.
 */

import { canonicalJson } from '../../contract/index.js';
import { engineAbi } from '../../engine-abi.js';
import { type LibraryParts, writeLibraryFile } from '../../library-file/library-file.js';
import type { Bundle } from './bundle.js';

import type { LibraryDescription } from './contract.js';
import type { ProjectSettings } from './project.js';

/** Made by the engine: see weir_run in cli/runtime.ts. */
export interface CodeCache {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** The contract section: the document without its version, which stands in the manifest. */
export function contractSection(contract: Record<string, unknown>): Uint8Array {
  const { version: _, ...document } = contract;
  return new TextEncoder().encode(canonicalJson(document));
}

export function libraryParts(
  description: LibraryDescription,
  bundle: Bundle,
  settings: ProjectSettings,
): LibraryParts {
  return {
    manifest: {
      format: 1,
      name: description.name,
      version: description.version,
      engine: { kind: 'node', abi: engineAbi },
      methods: description.methods,
      ...(settings.memory === undefined ? {} : { memory: settings.memory }),
    },
    contract: contractSection(description.contract),
    bundle: bundle.code,
    map: bundle.map,
  };
}

/** The bytes of the file, with the cache if there is one. */
export const assemble = (parts: LibraryParts, cache?: CodeCache): Uint8Array =>
  writeLibraryFile(
    cache === undefined
      ? parts
      : { ...parts, manifest: { ...parts.manifest, cacheKey: cache.key }, cache: cache.bytes },
  );

/** "@acme/tools" becomes "acme-tools": a name for a file. */
export const fileNameFor = (name: string): string =>
  `${name.replace(/^@/, '').replace(/[^\p{L}\p{N}._-]+/gu, '-')}.weir`;

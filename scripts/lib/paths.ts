// Where things are. Scripts work from any current folder.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A path below the root of the project. */
export const at = (...parts: string[]): string => join(root, ...parts);

export const buildFolder = (preset: string): string => at('build', preset);

/** The library as a host links it. */
export const releaseLibrary = at('build/release/lib/libweir.so.0');

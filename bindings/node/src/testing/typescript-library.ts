/** typescript-library.ts: the library in TypeScript that tests call, made by `weir build`. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LibraryTypes } from '@weir-ffi/sdk/host';

/** The types of guest.ts. */
export interface GuestTypes extends LibraryTypes {
  config: { greeting: string };
  methods: {
    greet: { input: { name: string }; output: string };
    count: { input: number; output: number };
    visit: { input: undefined; output: number };
    refuse: { input: number; output: undefined };
    spin: { input: undefined; output: undefined };
    leave: { input: undefined; output: undefined };
    wait: { input: undefined; output: undefined };
  };
  events: { counted: { at: number } };
  errors: { REFUSED: { left: number } };
}

export interface BuiltLibrary {
  readonly path: string;
  remove(): void;
}

/** Build it into a folder of its own, with the sdk's dist. */
export function buildGuestLibrary(): BuiltLibrary {
  const folder = mkdtempSync(join(tmpdir(), 'weir-guest-'));
  const path = join(folder, 'guest.weir');
  const source = fileURLToPath(new URL('guest.ts', import.meta.url));
  const weir = fileURLToPath(new URL('../../../../sdk/bin/weir.js', import.meta.url));
  execFileSync(process.execPath, [weir, 'build', source, '--out', path], { stdio: 'pipe' });
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

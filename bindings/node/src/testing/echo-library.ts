/** echo-library.ts: the native library that tests call, compiled from that of the Go tests. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface EchoLibrary {
  readonly path: string;
  remove(): void;
}

/** Compile it into a folder of its own. */
export function compileEchoLibrary(): EchoLibrary {
  const folder = mkdtempSync(join(tmpdir(), 'weir-echo-'));
  const path = join(folder, 'libecho.so');
  const source = join(root, 'bindings/go/testdata/echo/echo.c');
  const include = join(root, 'cabi/include');
  const flags = ['-O2', '-shared', '-fPIC', '-I', include];
  execFileSync(process.env.CC ?? 'cc', [...flags, source, '-o', path]);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

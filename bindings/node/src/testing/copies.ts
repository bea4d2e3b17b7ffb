/**
 * copies.ts: how often a payload is copied between JavaScript and a native library: counted, in a
 * process before which bindings/testing/count_copies.c is loaded.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programUrl, runProgram } from './child.js';

const SOURCE = fileURLToPath(new URL('../../../testing/count_copies.c', import.meta.url));

/** Copies of a payload's bytes, as many times its length. */
export interface Copies {
  /** From the caller's memory to what the handler reads. */
  readonly in: number;
  /** From memory that the library lends, by weir_call_resolve_borrowed, to the caller's. */
  readonly out: number;
  /** The same where the library gives its answer by weir_call_resolve. */
  readonly outGiven: number;
}

/** @param size bytes of a payload; at least the least that the counter sees, 1 KiB */
const programBody = (size: number): string => `
  import { openSync, readSync } from 'node:fs';
  const file = openSync(process.env.WEIR_COPIED, 'r');
  const counter = new BigUint64Array(1);
  const copied = () => (readSync(file, counter, 0, 8, 0), Number(counter[0]));
  const REQUESTS = 64;
  async function copiesOf(call) {
    await call(); // whatever is made once
    const before = copied();
    await Promise.all(Array.from({ length: REQUESTS }, call));
    return (copied() - before) / REQUESTS / ${size};
  }
  const pool = library.createPool({ maxSlots: 1 });
  const payload = new Uint8Array(${size}).fill(7);
  const context = await pool.create(payload);
  const copies = {
    in: await copiesOf(() => context.request('take', payload)),
    out: await copiesOf(() => context.request('lend')),
    outGiven: await copiesOf(() => context.request('config')),
  };
  await pool.close();
  console.log(JSON.stringify(copies));
`;

/**
 * @param library path of the compiled echo library
 * @param kind of the transport
 * @param size bytes of a payload, at least 1 KiB: the counter does not see less
 */
export async function countCopies(library: string, kind: string, size: number): Promise<Copies> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-copies-'));
  try {
    const counter = join(folder, 'libcount.so');
    const count = join(folder, 'copied');
    const flags = ['-O2', '-fno-builtin', '-shared', '-fPIC', SOURCE, '-o', counter, '-ldl'];
    execFileSync(process.env.CC ?? 'cc', flags);
    writeFileSync(count, new Uint8Array(8));
    const env = { LD_PRELOAD: counter, WEIR_COPIED: count };
    const ended = await runProgram(programUrl(library, kind, programBody(size)), { env });
    if (ended.code !== 0) throw new Error(`the program ended with ${ended.code}: ${ended.output}`);
    return JSON.parse(ended.output) as Copies;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * fake-runtime.ts: what tests of commands share: a fake weir_run, a place to work, a captured io.
 */

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import type { Io } from '../io.js';
import { run } from '../program.js';

/** A folder that the caller removes with `remove`. */
export interface Place {
  readonly folder: string;
  /** Write files by their paths; gives the folder. */
  write(files: Record<string, string | Uint8Array>): string;
  remove(): void;
}

export function makePlace(): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'weir-test-')));
  return {
    folder,
    write: (files) => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      return folder;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Make a runtime folder below `place` whose weir_run is the fake. */
export function makeFakeRuntime(place: Place): string {
  const folder = join(place.folder, 'runtime');
  const program = join(folder, 'bin', 'weir_run');
  buildSync({
    entryPoints: [fileURLToPath(new URL('fake-weir-run.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'error',
  });
  chmodSync(program, 0o755);
  return folder;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

class Capture extends Writable {
  text = '';

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface RunOptions {
  cwd: string;
  stdin?: string;
  env?: Record<string, string>;
}

/** Run one command line in this process, and collect what it prints. */
export async function weir(args: readonly string[], options: RunOptions): Promise<Ran> {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const stdin =
    options.stdin === undefined ? new PassThrough().end() : Readable.from([options.stdin]);
  const io: Io = {
    stdin,
    stdout,
    stderr,
    // No WEIR_RUNTIME of whoever runs the tests.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    cwd: options.cwd,
  };
  const code = await run(args, io);
  return { code, out: stdout.text, err: stderr.text };
}

/** The smallest entry that is a library, without the sdk. */
export const TINY = `
const text = new TextEncoder();
const bytes = { type: 'string', contentEncoding: 'base64', weirType: 'bytes' };
export default {
  contract: {
    weir: 1, name: 'tiny', version: '1.2.3', config: null,
    methods: {
      later: { input: null, output: null },
      echo: { input: bytes, output: bytes, description: 'Gives back what it gets.' },
    },
    events: { tick: bytes }, errors: { NO: null },
  },
  engine: {
    abi: 1 as const,
    methods: [
      { name: 'later', handle: async (_: unknown, __: Uint8Array, call: any) => {
        console.log('the library prints');
        await call.instance.emit('tick', text.encode('one'));
        throw { text: 'it went wrong\\0{"code":"NO","details":{"at":3}}' };
      } },
      { name: 'echo', handle: (_: unknown, data: Uint8Array) => data },
    ],
    create: () => undefined,
    destroy: () => undefined,
    describeFailure: (e: any) => ({ status: 16, payload: text.encode(e.text ?? String(e)) }),
  },
};
`;

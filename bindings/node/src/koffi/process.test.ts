import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { findCore } from '../core-path.js';
import { compileEchoLibrary, type EchoLibrary } from '../testing/echo-library.js';

const here = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weir-process-'));
const program = join(folder, 'scenarios.mjs');
/** Far more than the slowest takes; what hangs fails. */
const LONGEST_MS = 50_000;

let library: EchoLibrary;
beforeAll(async () => {
  library = compileEchoLibrary();
  // A program of plain JavaScript, for threads do not inherit a loader.
  symlinkSync(join(here, '../../../node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: [join(here, 'testing/process-scenarios.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi', 'node-gyp-build'],
    alias: { '@weir-ffi/sdk/host': join(here, '../../../sdk/src/host/index.ts') },
  });
});
afterAll(() => {
  library.remove();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(scenario: string, environment: Record<string, string> = {}): Ended {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [program, scenario, library.path],
    {
      encoding: 'utf8',
      timeout: LONGEST_MS,
      env: {
        ...inherited,
        WEIR_TRANSPORT: 'koffi',
        WEIR_LIBRARY_PATH: findCore(),
        ...environment,
      },
    },
  );
  return { code: status, signal, stdout: stdout.trimEnd(), stderr };
}

const ended = (code: number, stdout: string): Ended => ({ code, signal: null, stdout, stderr: '' });

test('an idle pool does not keep the process alive', () => {
  expect(run('idle')).toEqual(ended(0, 'answered'));
});

test('a request that waits keeps the process alive', () => {
  expect(run('pending')).toEqual(ended(0, '200'));
});

test('process.exit ends a process that has requests in flight', () => {
  expect(run('exit')).toEqual(ended(3, ''));
});

test('worker threads use the same core side by side', () => {
  expect(run('threads')).toEqual(ended(0, 'thread thread main'));
});

test.each([1, 2, 3])('threads that are terminated at work harm nobody (round %i)', () => {
  expect(run('terminate')).toEqual(ended(0, 'goes on'));
});

test('without the addon the fallback is used, and says so once', () => {
  const { code, stdout, stderr } = run('twice', {
    WEIR_TRANSPORT: '',
    WEIR_ADDON: '/nowhere/weir_addon.node',
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'koffi\nkoffi' });
  expect(stderr.match(/\[WEIR_FALLBACK\] WeirWarning: .*weir_addon\.node/g)).toHaveLength(1);
});

test('the warning of the fallback is silent where Node is told so', () => {
  const { stderr } = run('idle', {
    WEIR_TRANSPORT: '',
    WEIR_ADDON: '/nowhere/weir_addon.node',
    NODE_NO_WARNINGS: '1',
  });
  expect(stderr).toBe('');
});

test.each([
  [{ WEIR_TRANSPORT: 'koffi', WEIR_LIBRARY_PATH: '/nowhere/libweir.so' }, '/nowhere/libweir.so'],
  [{ WEIR_TRANSPORT: 'addon', WEIR_ADDON: '/nowhere/addon.node' }, '/nowhere/addon.node'],
  [{ WEIR_TRANSPORT: 'pigeon' }, 'WEIR_TRANSPORT: pigeon is neither addon nor koffi'],
])('a transport that cannot be loaded is an error that says which: %j', (environment, words) => {
  const { code, stderr } = run('idle', environment);
  expect(code).toBe(1);
  expect(stderr).toContain('WeirError');
  expect(stderr).toContain(words);
});

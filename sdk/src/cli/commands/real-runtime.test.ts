// The commands with the engine itself. Skipped where the release is not built, or without libnode.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readLibraryFile } from '../../library-file/library-file.js';
import { makePlace, type Ran, TINY, weir } from '../testing/fake-runtime.js';

const release = fileURLToPath(new URL('../../../../build/release', import.meta.url));
const isBuilt = ['bin/weir_run', 'lib/libweir_node.so'].every((path) =>
  existsSync(join(release, path)),
);
const whereBuilt = isBuilt ? describe : describe.skip;

const place = makePlace();
const cwd = place.folder;
afterAll(() => place.remove());

const run = (...args: string[]): Promise<Ran> =>
  weir(args, { cwd, env: { WEIR_RUNTIME: release } });

whereBuilt('with the engine', () => {
  beforeAll(async () => {
    place.write({
      'package.json': '{}',
      'src/library.ts': TINY.replace(
        "throw { text: 'it went wrong",
        "if (call.deadline !== undefined) for (;;) {}\n        throw { text: 'it went wrong",
      ),
    });
    expect(await run('build')).toMatchObject({ code: 0 });
  });

  test('the file has a code cache that fits', async () => {
    const { manifest, cache } = readLibraryFile(readFileSync(join(cwd, 'dist/tiny.weir')));
    expect(manifest.cacheKey).toBeDefined();
    expect(cache?.length).toBeGreaterThan(0);
    const { cache: state } = JSON.parse((await run('inspect', 'dist/tiny.weir', '--json')).out);
    expect(state).toEqual({ key: manifest.cacheKey, engineKey: manifest.cacheKey, fits: true });
  });

  test('a method answers', async () => {
    const ran = await run('call', 'dist/tiny.weir', 'echo', '"aGVsbG8="', '--json');
    expect(ran).toMatchObject({ code: 0, out: '{"ok":true,"result":"aGVsbG8="}\n' });
  });

  test('a failure has its code, details and what was emitted and printed before', async () => {
    const ran = await run('call', 'dist/tiny.weir', 'later', '--events');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('the library prints');
    expect(ran.err).toContain('tick "b25l"');
    expect(ran.err).toContain('later failed, HANDLER: NO: it went wrong');
    expect(ran.err).toContain('details: {"at":3}');
  });

  test('a method that does not end is stopped by the timeout', async () => {
    const ran = await run('call', 'dist/tiny.weir', 'later', '--timeout', '300');
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/later failed, (TIMED_OUT|INTERRUPTED)/);
  });

  test('doctor finds nothing missing that is needed', async () => {
    const ran = await run('doctor', '--json');
    expect(JSON.parse(ran.out)).toMatchObject({ ok: true });
    expect(ran.code).toBe(0);
  });
});

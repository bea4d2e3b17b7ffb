import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { readLibraryFile } from '../../library-file/library-file.js';
import { makeFakeRuntime, makePlace, TINY, weir } from '../testing/fake-runtime.js';

const place = makePlace();
const cwd = join(place.folder, 'project');
let runtime: string;

beforeAll(() => {
  runtime = makeFakeRuntime(place);
  place.write({ 'project/package.json': '{"name":"x"}', 'project/src/library.ts': TINY });
});
afterEach(() => {
  const temporary = readdirSync(cwd).concat(
    existsSync(join(cwd, 'dist')) ? readdirSync(join(cwd, 'dist')) : [],
  );
  expect(temporary.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
afterAll(() => place.remove());

const read = (path = 'dist/tiny.weir') => readLibraryFile(readFileSync(join(cwd, path)));

test('a build without a runtime makes a file without a cache, and says so', async () => {
  const ran = await weir(['build', '--no-cache'], { cwd });
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.out).toMatch(/^dist\/tiny\.weir {2}\d/);
  expect(ran.out).toContain('tiny 1.2.3, 2 methods');
  expect(ran.err).toContain('contract of tiny 1.2.3: 2 methods\n');
  expect(ran.err).toContain('wrote dist/tiny.weir\n');
  expect(`${ran.out}${ran.err}`).not.toContain('\u001b');
  const { manifest, contract, cache, bundle } = read();
  expect(manifest).toMatchObject({
    name: 'tiny',
    version: '1.2.3',
    engine: { kind: 'node', abi: 1 },
    methods: ['later', 'echo'],
  });
  expect(JSON.parse(Buffer.from(contract).toString())).not.toHaveProperty('version');
  expect(cache).toBeUndefined();
  expect(Buffer.from(bundle).toString()).not.toContain(place.folder);
});

test('the same sources give the same file', async () => {
  await weir(['build', '--no-cache', '--out', 'one.weir'], { cwd });
  await weir(['build', '--no-cache', '--out', 'two.weir'], { cwd });
  const bytes = (name: string) => readFileSync(join(cwd, name));
  expect(bytes('one.weir').equals(bytes('two.weir'))).toBe(true);
});

test('with a runtime the file has the code cache of its engine', async () => {
  const ran = await weir(['build', '--runtime', runtime, '--json'], { cwd });
  expect(JSON.parse(ran.out)).toMatchObject({
    ok: true,
    file: join(cwd, 'dist/tiny.weir'),
    contractHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    cacheKey: 'fake-engine-1',
    sections: { cache: 3 },
    notices: [],
  });
  expect(ran.err).toBe('');
  expect([...(read().cache ?? [])]).toEqual([1, 2, 3]);
  const byEnvironment = await weir(['build', '--json'], { cwd, env: { WEIR_RUNTIME: runtime } });
  expect(JSON.parse(byEnvironment.out)).toMatchObject({ cacheKey: 'fake-engine-1' });
});

test('a runtime that fails costs the cache, not the build', async () => {
  place.write({ 'bad/bin/weir_run': '#!/bin/sh\necho "no engine here" >&2\nexit 3\n' });
  const { chmodSync } = await import('node:fs');
  chmodSync(join(place.folder, 'bad/bin/weir_run'), 0o755);
  const ran = await weir(['build', '--runtime', '../bad'], { cwd });
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(/notice: no code cache: .*exit code 3: no engine here\. The file works/);
  expect(read().cache).toBeUndefined();
});

test('the memory that package.json asks for stands in the manifest', async () => {
  place.write({
    'memory/package.json': '{"weir":{"entry":"main.ts","memory":{"heapMiB":64}}}',
    'memory/main.ts': TINY,
  });
  const at = join(place.folder, 'memory');
  expect((await weir(['build', '--no-cache'], { cwd: at })).code).toBe(0);
  const { manifest } = readLibraryFile(readFileSync(join(at, 'dist/tiny.weir')));
  expect(manifest.memory).toEqual({ heapMiB: 64 });
});

test('a failure is one line with a hint and a stable code, exit code 1', async () => {
  const ran = await weir(['build', 'nope.ts'], { cwd });
  expect(ran).toMatchObject({ code: 1, out: '' });
  expect(ran.err).toMatch(
    /^error: there is no nope\.ts \(ERR_WEIR_NO_ENTRY\)\nhint: name the file/,
  );
  const asJson = await weir(['build', 'nope.ts', '--json'], { cwd });
  expect(JSON.parse(asJson.out)).toMatchObject({
    ok: false,
    error: { code: 'ERR_WEIR_NO_ENTRY', message: 'there is no nope.ts' },
  });
  const missing = await weir(['build', '--runtime', 'nowhere'], { cwd });
  expect(missing.err).toContain('ERR_WEIR_RUNTIME_MISSING');
});

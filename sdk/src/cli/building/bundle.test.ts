import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makePlace, TINY } from '../testing/fake-runtime.js';
import { bundle } from './bundle.js';
import { findProject } from './project.js';

const place = makePlace();
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const FILES = {
  'package.json': '{"name":"tiny"}',
  'src/library.ts': TINY,
  'node_modules/dep/package.json': '{"name":"dep","version":"1.0.0","main":"index.js"}',
  'node_modules/dep/index.js': 'exports.value = __dirname + "x".repeat(2);',
  'src/uses.ts': `
    import { value } from 'dep';
    import { createRequire } from 'node:module';
    export const here = import.meta.url;
    const load = createRequire(here);
    export default { engine: value, load: () => require('./native.node') };
  `,
};

beforeAll(() => void place.write(Object.fromEntries(prefixed('one'))));
afterAll(() => place.remove());

const prefixed = (folder: string) =>
  Object.entries(FILES).map(([path, content]) => [`${folder}/${path}`, content]);

const project = (folder: string, entry?: string) => {
  const root = join(place.folder, folder);
  return findProject(root, entry === undefined ? undefined : join(root, entry));
};

test('the bundle exports the engine library and nothing else', async () => {
  const { code, inputs, addons } = await bundle(project('one'), 'library');
  expect(text(code)).toMatch(/module\.exports = \{ weirLibrary: library_default\.engine \}/);
  expect(inputs).toBe(1);
  expect(addons).toEqual([]);
  const loaded = { exports: {} as Record<string, unknown> };
  new Function('module', 'exports', 'require', text(code))(loaded, loaded.exports, () => ({}));
  expect(Object.keys(loaded.exports)).toEqual(['weirLibrary']);
});

test.each([[false], [true]])(
  'the same files in another folder give the same bytes (minify: %s)',
  async (minify) => {
    cpSync(join(place.folder, 'one'), join(place.folder, 'deep/er/two'), { recursive: true });
    const first = await bundle(project('one', 'src/uses.ts'), 'library', minify);
    const second = await bundle(project('deep/er/two', 'src/uses.ts'), 'library', minify);
    expect(text(second.code)).toBe(text(first.code));
    expect(text(second.map)).toBe(text(first.map));
    for (const part of [first.code, first.map]) {
      expect(text(part)).not.toContain(place.folder);
      expect(text(part)).not.toContain('../');
    }
    const { sources } = JSON.parse(text(first.map)) as { sources: string[] };
    expect(sources).toEqual(['node_modules/dep/index.js', 'src/uses.ts', 'weir-entry.js']);
  },
);

test('a native addon stays outside and is reported', async () => {
  const { addons, code } = await bundle(project('one', 'src/uses.ts'), 'library');
  expect(addons).toEqual(['./native.node']);
  expect(text(code)).toContain('require("./native.node")');
});

test('what cannot be bundled is said with its place', async () => {
  place.write({
    'one/src/await.ts': 'export default await Promise.resolve(1);',
    'one/src/lost.ts': "import './nowhere.js';",
  });
  await expect(bundle(project('one', 'src/await.ts'), 'library')).rejects.toMatchObject({
    code: 'ERR_WEIR_BUNDLE',
    message: expect.stringMatching(/src\/await\.ts:1: Top-level await/),
    hint: expect.stringContaining('create()'),
  });
  await expect(bundle(project('one', 'src/lost.ts'), 'library')).rejects.toMatchObject({
    message: expect.stringMatching(/src\/lost\.ts:1: Could not resolve/),
  });
});

test('a linked package shares the zod of the project, when that is of its version', async () => {
  const zod = (version: string) => ({
    'package.json': `{"name":"zod","version":"${version}","main":"index.js"}`,
    'index.js': `exports.z = "zod ${version}";`,
  });
  const under = (folder: string, files: Record<string, string>) =>
    Object.fromEntries(Object.entries(files).map(([path, body]) => [`${folder}/${path}`, body]));
  place.write({
    'one/src/zod.ts':
      "import { z } from 'zod';\n" +
      "import { y } from '../../linked';\n" +
      'export default { engine: [z, y] };',
    'linked/package.json': '{"name":"linked","main":"index.ts"}',
    'linked/index.ts': "import { z } from 'zod'; export const y = z;",
    ...under('one/node_modules/zod', zod('4.1.0')),
    ...under('linked/node_modules/zod', zod('4.1.0')),
  });
  expect((await bundle(project('one', 'src/zod.ts'), 'library')).inputs).toBe(3);
  place.write(under('linked/node_modules/zod', zod('4.2.0')));
  expect((await bundle(project('one', 'src/zod.ts'), 'library')).inputs).toBe(4);
});

import { afterAll, expect, test } from '@jest/globals';
import { makePlace } from '../testing/fake-runtime.js';
import { moduleName, renameModules } from './paths.js';

const place = makePlace();
afterAll(() => place.remove());

test('a module of the project is called by its path in it', () => {
  expect(moduleName(place.folder, 'src/library.ts')).toBe('src/library.ts');
});

test('a module of a package is called by the package, wherever that is', () => {
  const name = 'node_modules/zod/v4/index.js';
  expect(moduleName(place.folder, name)).toBe(name);
  expect(moduleName(place.folder, `../../${name}`)).toBe(name);
  expect(moduleName(place.folder, `/elsewhere/${name}`)).toBe(name);
  expect(moduleName(place.folder, `(disabled):../${name}`)).toBe(`(disabled):${name}`);
});

test('a module of a linked package is called as if that was installed', () => {
  place.write({
    'linked/package.json': '{"name":"@acme/tool"}',
    'linked/src/tool.ts': '',
    'project/package.json': '{}',
    'bare/package.json': '{"private":true}',
  });
  const root = `${place.folder}/project`;
  expect(moduleName(root, '../linked/src/tool.ts')).toBe('node_modules/@acme/tool/src/tool.ts');
  expect(moduleName(root, '../bare/tool.ts')).toBe('outside/tool.ts');
});

test('modules are renamed where esbuild names them, and nowhere else', () => {
  const code = [
    '// ../linked/a.js',
    'var require_a = __commonJS({',
    '  "../linked/a.js"(exports, module) {',
    '    f("../linked/a.js"); // ../linked/a.js and more',
  ].join('\n');
  const renamed = renameModules(code, new Map([['../linked/a.js', 'node_modules/x/a.js']]));
  expect(renamed.split('\n')).toEqual([
    '// node_modules/x/a.js',
    'var require_a = __commonJS({',
    '  "node_modules/x/a.js"(exports, module) {',
    '    f("../linked/a.js"); // ../linked/a.js and more',
  ]);
});

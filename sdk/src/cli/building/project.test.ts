import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { makePlace } from '../testing/fake-runtime.js';
import { findProject } from './project.js';

const place = makePlace();
afterAll(() => place.remove());

const at = (...parts: string[]) => join(place.folder, ...parts);

test('the entry is the argument, or what package.json names, or src/library.ts', () => {
  place.write({
    'a/package.json': '{"weir":{"entry":"lib/main.ts","memory":{"heapMiB":64}}}',
    'a/lib/main.ts': '',
    'a/other.ts': '',
    'a/deep/in/here.txt': '',
    'b/package.json': '{}',
    'b/src/library.ts': '',
  });
  expect(findProject(at('a')).entry).toBe(at('a/lib/main.ts'));
  expect(findProject(at('a/deep/in'))).toMatchObject({
    root: at('a'),
    entry: at('a/lib/main.ts'),
    settings: { memory: { heapMiB: 64 } },
  });
  expect(findProject(at('a'), 'other.ts').entry).toBe(at('a/other.ts'));
  expect(findProject(at('b')).entry).toBe(at('b/src/library.ts'));
  expect(findProject(at('b'), '../a/other.ts').root).toBe(at('a'));
});

test.each([
  ['{"weir":[]}', 'ERR_WEIR_PACKAGE_JSON', /"weir" must be an object/],
  ['{"weir":{"entry":3}}', 'ERR_WEIR_PACKAGE_JSON', /"weir.entry" must be a path/],
  ['{', 'ERR_WEIR_PACKAGE_JSON', /package\.json: .*JSON/],
  ['{"weir":{"entry":"gone.ts"}}', 'ERR_WEIR_NO_ENTRY', /there is no gone\.ts/],
  ['{}', 'ERR_WEIR_NO_ENTRY', /there is no src\/library\.ts/],
])('with package.json %s', (json, code, message) => {
  place.write({ 'bad/package.json': json });
  expect(() => findProject(at('bad'))).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

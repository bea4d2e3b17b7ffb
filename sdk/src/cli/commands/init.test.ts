import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { readLibraryFile } from '../../library-file/library-file.js';
import { DEV_DEPENDENCIES } from '../scaffold.js';
import { makePlace, weir } from '../testing/fake-runtime.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const place = makePlace();
const cwd = place.folder;
afterAll(() => place.remove());

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

function must(command: string, args: string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

test('a new library depends on this very sdk, and is called as it should be', async () => {
  const ran = await weir(['init', 'Hello.kit', '--no-install', '--git'], { cwd });
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.out).toMatch(/^Hello\.kit is ready\. Next:\n {2}cd Hello\.kit\n {2}npm install\n/);
  const at = join(cwd, 'Hello.kit');
  const files = ['.git', '.gitignore', 'README.md', 'jest.config.js', 'package.json', 'src'];
  expect(readdirSync(at).sort()).toEqual([...files, 'tsconfig.json']);
  const { name, dependencies, devDependencies, weir: settings } = json(join(at, 'package.json'));
  expect(name).toBe('hello.kit');
  expect(settings).toEqual({ entry: 'src/library.ts' });
  expect(join(at, dependencies['@weir-ffi/sdk'].replace('file:', ''), '/')).toBe(
    join(root, 'sdk/'),
  );
  expect(devDependencies).toEqual(DEV_DEPENDENCIES);
  expect(readFileSync(join(at, 'src/library.ts'), 'utf8')).toContain("name: 'Hello.kit'");
  expect(readFileSync(join(at, 'README.md'), 'utf8')).not.toContain('greeter');
});

test('the tools of a new library are those that weir itself is tested with', () => {
  const own = json(join(root, 'package.json')).devDependencies;
  for (const [name, version] of Object.entries(DEV_DEPENDENCIES)) expect(own[name]).toBe(version);
});

test('a folder that is in use, and a name that cannot be, are refused', async () => {
  place.write({ 'used/file': '' });
  expect((await weir(['init', 'used'], { cwd })).err).toContain('(ERR_WEIR_FOLDER_IN_USE)');
  const ran = await weir(['init', 'new', '--name', '1 2'], { cwd });
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('hint: letters, digits');
  expect(readdirSync(cwd)).not.toContain('new');
});

test('a new library passes its tests and its types, and builds', async () => {
  // The program, and what a library imports, is the sdk as it is compiled.
  must(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'tsconfig.build.json'],
    join(root, 'sdk'),
  );
  expect(await weir(['init', 'demo', '--no-install'], { cwd })).toMatchObject({ code: 0 });
  const demo = join(cwd, 'demo');
  symlinkSync(join(root, 'node_modules'), join(demo, 'node_modules'));
  expect(must('npm', ['test'], demo)).toContain('3 passed, 3 total');
  must('npm', ['run', 'typecheck'], demo);
  expect(must('npm', ['run', 'build', '--', '--no-cache'], demo)).toContain('dist/demo.weir');
  const asJson = must('npx', ['weir', 'inspect', 'dist/demo.weir', '--json'], demo);
  expect(asJson).toContain('"methods":["greet","greetAll"]');
  // What takes an environment longer to load than all else of a small library.
  const { bundle } = readLibraryFile(readFileSync(join(demo, 'dist/demo.weir')));
  expect(Buffer.from(bundle).toString()).not.toContain('node:crypto');
}, 60_000);

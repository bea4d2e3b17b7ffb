// inspect, diff, generate and doctor: the commands that only look.

import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SAMPLE } from '../../generate/testing/sample-contract.js';
import { makeFakeRuntime, makePlace, TINY, weir } from '../testing/fake-runtime.js';

const place = makePlace();
const cwd = place.folder;
let runtime: string;

beforeAll(async () => {
  runtime = makeFakeRuntime(place);
  const { echo: _echo, ...methods } = SAMPLE.methods;
  place.write({
    'package.json': '{}',
    'tiny.ts': TINY,
    'sample.json': JSON.stringify(SAMPLE),
    'less.json': JSON.stringify({ ...SAMPLE, methods }),
  });
  const ran = await weir(['build', 'tiny.ts', '-o', 'tiny.weir', '--runtime', runtime], { cwd });
  expect(ran).toMatchObject({ code: 0 });
});
afterAll(() => place.remove());

test('inspect shows the contract in words, the sizes and whether the cache fits', async () => {
  const ran = await weir(['inspect', 'tiny.weir', '--runtime', runtime], { cwd });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toMatch(/^tiny 1\.2\.3 {2}\d/);
  expect(ran.out).toContain('  later() → nothing\n  echo(bytes) → bytes\n');
  expect(ran.out).toContain('  tick: bytes\n');
  expect(ran.out).toContain('code cache  fake-engine-1: fits the engine here');
  const asJson = await weir(['inspect', 'tiny.weir', '--json', '--runtime', runtime], { cwd });
  expect(JSON.parse(asJson.out)).toMatchObject({
    ok: true,
    name: 'tiny',
    contract: { version: '1.2.3', methods: { later: { input: null } } },
    cache: { key: 'fake-engine-1', engineKey: 'fake-engine-1', fits: true },
  });
});

test('diff is exit code 0 for what is compatible and 1 for what breaks', async () => {
  const grown = await weir(['diff', 'less.json', 'sample.json'], { cwd });
  expect(grown.code).toBe(0);
  expect(grown.out).toMatch(/^ok {6}\/methods\/echo +new method/);
  const broken = await weir(['diff', 'sample.json', 'less.json'], { cwd });
  expect(broken.code).toBe(1);
  expect(broken.out).toContain('breaking: 1 of 1 changes break hosts');
  const asJson = await weir(['diff', 'sample.json', 'less.json', '--json'], { cwd });
  expect(JSON.parse(asJson.out)).toMatchObject({
    compatible: false,
    changes: [{ path: '/methods/echo', compatible: false }],
  });
  const same = await weir(['diff', 'tiny.weir', 'tiny.ts'], { cwd });
  expect(same).toMatchObject({ code: 0, out: 'the same contract\n' });
});

test('a file that is no contract is refused with the reason', async () => {
  place.write({ 'odd.json': '{"weir":2}', 'no.json': 'hello' });
  const odd = await weir(['diff', 'odd.json', 'sample.json'], { cwd });
  expect(odd.err).toMatch(/odd\.json: not a contract: .*\(ERR_WEIR_CONTRACT\)/);
  expect((await weir(['diff', 'no.json', 'sample.json'], { cwd })).err).toContain(
    'ERR_WEIR_CONTRACT',
  );
});

test('generate writes the files of a target and names them', async () => {
  const ran = await weir(['generate', '-t', 'ts', '-o', 'out/ts', 'tiny.weir'], { cwd });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toMatch(/^out\/ts\/contract\.ts {2}\d/);
  expect(readFileSync(join(cwd, 'out/ts/contract.ts'), 'utf8')).toContain('output: Uint8Array');
  const go = await weir(
    ['generate', '-t', 'go', '-o', 'out/go', '--package', 'kit', 'sample.json', '--json'],
    { cwd },
  );
  expect(JSON.parse(go.out).files).toHaveLength(7);
  expect(readFileSync(join(cwd, 'out/go/wire.go'), 'utf8')).toContain('package kit\n');
  expect((await weir(['generate', '-t', 'c', '-o', 'out/c', 'tiny.ts'], { cwd })).code).toBe(0);
  expect(existsSync(join(cwd, 'out/c/tiny.h'))).toBe(true);
});

test('generate refuses what it cannot do', async () => {
  const name = ['generate', '-t', 'go', '-o', 'out', '--package', '1x', 'sample.json'];
  expect((await weir(name, { cwd })).err).toContain('(ERR_WEIR_GENERATE)');
  const other = ['generate', '-t', 'c', '-o', 'out', '--package', 'x', 'sample.json'];
  expect(await weir(other, { cwd })).toMatchObject({ code: 2 });
  expect(await weir(['generate', '-t', 'cobol', '-o', 'out', 'x'], { cwd })).toMatchObject({
    code: 2,
  });
});

test('doctor says what is missing and how to get it, exit code 1', async () => {
  place.write({ 'empty/x': '' });
  const nothing = { WEIR_RUNTIME: join(cwd, 'empty'), PATH: join(cwd, 'empty') };
  const ran = await weir(['doctor'], { cwd, env: nothing });
  expect(ran.code).toBe(1);
  expect(ran.out).toMatch(/^missing {2}weir_run/m);
  expect(ran.out).toMatch(/^ +hint: in a checkout of weir: npm run build/m);
  expect(ran.out).toMatch(/^without {2}Go/m);
  const asJson = await weir(['doctor', '--json'], { cwd, env: nothing });
  expect(JSON.parse(asJson.out)).toMatchObject({ ok: false });
});

test('doctor starts the engine to see that it works', async () => {
  place.write({
    'runtime/lib/libweir.so.0': '',
    'runtime/lib/libweir_node.so': '',
    'tools/ldd': '#!/bin/sh\necho "  libnode.so.108 => /usr/lib/libnode.so.108 (0x00007f00)"\n',
    'tools/go': '#!/bin/sh\necho go version go1.20 linux/amd64\n',
    'tools/gcc': '#!/bin/sh\necho 13.1.0\n',
  });
  for (const tool of ['ldd', 'go', 'gcc']) chmodSync(join(cwd, 'tools', tool), 0o755);
  const env = { PATH: `${join(cwd, 'tools')}:${process.env.PATH}` };
  const ran = await weir(['doctor', '--runtime', runtime], { cwd, env });
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.out).toMatch(/^ok +libnode +\/usr\/lib\/libnode\.so\.108$/m);
  expect(ran.out).toMatch(new RegExp(`^ok +engine starts +Node ${process.version} inside$`, 'm'));
  expect(ran.out).toMatch(/^without {2}Go +go1\.20 is too old$/m);
  expect(ran.out).toMatch(/^ok +gcc +13\.1\.0$/m);
});

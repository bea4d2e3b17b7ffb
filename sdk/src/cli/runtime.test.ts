import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RuntimeFolder } from './find-runtime.js';
import { Runtime } from './runtime.js';
import { makeFakeRuntime, makePlace, TINY, weir } from './testing/fake-runtime.js';

const place = makePlace();
const none = new Uint8Array();
let runtime: RuntimeFolder;
let library: string;

beforeAll(async () => {
  const folder = makeFakeRuntime(place);
  runtime = { folder, run: join(folder, 'bin/weir_run'), from: '--runtime' };
  place.write({ 'package.json': '{}', 'src/library.ts': TINY });
  expect(await weir(['build', '--no-cache'], { cwd: place.folder })).toMatchObject({ code: 0 });
  library = join(place.folder, 'dist/tiny.weir');
});
afterAll(() => place.remove());

test('a library is created, called, heard and ended', async () => {
  const events: string[] = [];
  const printed: string[] = [];
  const running = Runtime.start(runtime, library, {
    onEvent: (name, payload) => events.push(`${name} ${Buffer.from(payload)}`),
    onOutput: (text) => printed.push(text),
  });
  expect(await running.create(none)).toMatchObject({ status: 0 });
  await running.listen();
  const echo = await running.request('echo', new Uint8Array([1, 2, 3]));
  expect([...echo.payload]).toEqual([1, 2, 3]);
  const failed = await running.request('later', none);
  expect(failed.status).toBe(16);
  expect(Buffer.from(failed.payload).toString()).toMatch(/^it went wrong\0/);
  expect(await running.request('nope', none)).toMatchObject({ status: 10 });
  await running.end();
  expect(events).toEqual(['tick one']);
  expect(printed.join('')).toContain('the library prints');
});

test('many requests are told apart', async () => {
  const running = Runtime.start(runtime, library);
  await running.create(none);
  const sent = Array.from({ length: 200 }, (_, n) => running.request('echo', new Uint8Array([n])));
  const replies = await Promise.all(sent);
  expect(replies.map(({ payload }) => payload[0])).toEqual(sent.map((_, n) => n));
  await running.end();
});

test('a large payload crosses whole', async () => {
  const running = Runtime.start(runtime, library);
  await running.create(none);
  const large = new Uint8Array(3_000_000).fill(7);
  expect((await running.request('echo', large)).payload.length).toBe(large.length);
  await running.end();
});

test('the code cache comes with its key', async () => {
  const running = Runtime.start(runtime, library);
  const { key, bytes } = await running.codeCache();
  expect([key, ...bytes]).toEqual(['fake-engine-1', 1, 2, 3]);
  await running.end();
});

test('when the process ends, what waits fails, and what follows', async () => {
  const running = Runtime.start(runtime, library);
  await running.create(none);
  const silent = running.request('fake.silent', none);
  const exit = running.request('fake.exit', none);
  for (const one of [silent, exit]) {
    await expect(one).rejects.toMatchObject({
      code: 'ERR_WEIR_RUNTIME',
      message: expect.stringContaining('exit code 7'),
    });
  }
  await expect(running.request('echo', none)).rejects.toMatchObject({ code: 'ERR_WEIR_RUNTIME' });
  await running.end();
});

test('nonsense ends it', async () => {
  const running = Runtime.start(runtime, library);
  await running.create(none);
  await expect(running.request('fake.garbage', none)).rejects.toMatchObject({
    message: expect.stringContaining('what is no frame'),
  });
  await running.end();
});

test('a library that cannot be loaded is said with its status and reason', async () => {
  place.write({ 'broken.weir': 'WEIRLIB\n' });
  const running = Runtime.start(runtime, join(place.folder, 'broken.weir'));
  await expect(running.create(none)).rejects.toMatchObject({
    message: expect.stringMatching(/^LIBRARY_INVALID: ends in its head/),
  });
  await running.end();
});

test('a program that cannot be started is said', async () => {
  const running = Runtime.start({ ...runtime, run: '/nowhere/weir_run' }, library);
  await expect(running.create(none)).rejects.toMatchObject({
    message: expect.stringContaining('cannot be started'),
    hint: expect.stringContaining('WEIR_RUNTIME'),
  });
  await running.end();
});

test('kill ends it at once', async () => {
  const running = Runtime.start(runtime, library);
  await running.create(none);
  const silent = running.request('fake.silent', none);
  running.kill();
  await expect(silent).rejects.toMatchObject({ message: expect.stringContaining('SIGKILL') });
  await running.end();
});

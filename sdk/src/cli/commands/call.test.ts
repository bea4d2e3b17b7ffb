import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeFakeRuntime, makePlace, TINY, weir } from '../testing/fake-runtime.js';

const place = makePlace();
const cwd = place.folder;
let env: Record<string, string>;

/** A library over CBOR without the sdk: what it takes is what it gives. */
const ADDER = TINY.replace("name: 'tiny'", "name: 'adder'")
  .replace(
    'methods: {',
    `methods: {
      same: { input: { $ref: '#/$defs/Pair' }, output: { $ref: '#/$defs/Pair' } },`,
  )
  .replace('config: null', "config: { type: 'object', properties: { n: { type: 'integer' } } }")
  .replace(
    'events: {',
    `$defs: { Pair: { type: 'object', required: ['a'], properties: {
        a: { type: 'integer', format: 'uint8' }, b: bytes, c: { type: 'integer', format: 'int64' },
    } } }, events: {`,
  )
  .replace(
    'methods: [',
    "methods: [{ name: 'same', handle: (_: unknown, data: Uint8Array) => data },",
  );

beforeAll(async () => {
  env = { WEIR_RUNTIME: makeFakeRuntime(place) };
  place.write({ 'package.json': '{}', 'tiny.ts': TINY, 'adder.ts': ADDER });
  for (const name of ['tiny', 'adder']) {
    const ran = await weir(['build', `${name}.ts`, '--no-cache', '-o', `${name}.weir`], { cwd });
    expect(ran).toMatchObject({ code: 0 });
  }
});
afterAll(() => place.remove());

const call = (args: string[], stdin?: string) =>
  weir(['call', ...args], { cwd, env, ...(stdin === undefined ? {} : { stdin }) });

test('the result is JSON on stdout', async () => {
  const input = '{"a":1,"b":"aGk=","c":"9007199254740993"}';
  const ran = await call(['adder.weir', 'same', input]);
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(ran.out)).toEqual({ a: 1, b: 'aGk=', c: '9007199254740993' });
  const compact = await call(['adder.weir', 'same', '{"a":2}', '--json', '--config', '{"n":1}']);
  expect(compact.out).toBe('{"ok":true,"result":{"a":2}}\n');
});

test('the input comes from stdin when there is no argument', async () => {
  expect((await call(['tiny.weir', 'echo', '--json'], '"AQI="')).out).toBe(
    '{"ok":true,"result":"AQI="}\n',
  );
  expect((await call(['tiny.weir', 'echo', '-', '--json'], ' "AQ==" ')).code).toBe(0);
});

test('a failure of the library is exit code 1, with its code and details', async () => {
  const ran = await call(['tiny.weir', 'later']);
  expect(ran).toMatchObject({ code: 1, out: '' });
  expect(ran.err).toContain('the library prints\n');
  expect(ran.err).toContain(
    'error: later failed, HANDLER: NO: it went wrong (ERR_WEIR_REQUEST)\n  details: {"at":3}\n',
  );
  const asJson = await call(['tiny.weir', 'later', '--json']);
  expect(JSON.parse(asJson.out)).toMatchObject({
    ok: false,
    error: {
      code: 'ERR_WEIR_REQUEST',
      status: 'HANDLER',
      libraryCode: 'NO',
      libraryMessage: 'it went wrong',
      details: { at: 3 },
    },
  });
});

test('events are shown when asked for', async () => {
  const ran = await call(['tiny.weir', 'later', '--events', '--json']);
  expect(ran.out.split('\n')[0]).toBe('{"event":"tick","payload":"b25l"}');
  expect((await call(['tiny.weir', 'later', '--events'])).err).toContain('tick "b25l"\n');
});

test('an input that does not fit is exit code 2, with its place', async () => {
  const ran = await call(['adder.weir', 'same', '{"a":256}']);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('error: input at /a: must be uint8: 0 to 255 (ERR_WEIR_INPUT)');
  const config = await call(['adder.weir', 'same', '{"a":1}', '--config', '{"n":"x"}']);
  expect(config.err).toContain('config at /n: must be integer, not string');
  const asJson = await call(['adder.weir', 'same', '{}', '--json']);
  expect(JSON.parse(asJson.out)).toMatchObject({ error: { path: '/a' } });
});

test('a method that is not there is exit code 2, with those that are', async () => {
  const ran = await call(['tiny.weir', 'nope']);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('hint: it has later, echo\n');
});

test('a timeout must be a number, and a file must be there and whole', async () => {
  expect((await call(['tiny.weir', 'echo', '""', '--timeout', 'soon'])).code).toBe(2);
  expect((await call(['gone.weir', 'echo'])).err).toContain('(ERR_WEIR_NOT_FOUND)');
  const damaged = await call(['tiny.ts', 'echo']);
  expect(damaged).toMatchObject({ code: 1 });
  expect(damaged.err).toContain('not a weir library');
  expect(damaged.err).toContain('(ERR_WEIR_LIBRARY_FILE)');
});

test('without a runtime it says how to get one', async () => {
  const ran = await weir(['call', 'tiny.weir', 'echo', '""'], {
    cwd,
    env: { WEIR_RUNTIME: join(cwd, 'nowhere') },
  });
  expect(ran.err).toMatch(/ERR_WEIR_RUNTIME_MISSING.*\nhint: .*WEIR_RUNTIME/);
});

import { describe, expect, it } from '@jest/globals';
import { testLibrary } from '@weir-ffi/sdk/testing';
import type * as z from 'zod';
import library from '../src/library.js';
import type { config } from '../src/schemas.js';

type Config = z.input<typeof config>;

/** Gives an instance to a test, and destroys it afterwards. */
async function withInstance(
  config: Config,
  test: (context: Awaited<ReturnType<typeof testLibrary<typeof library.spec>>>) => Promise<void>,
) {
  const context = await testLibrary(library, { config });
  try {
    await test(context);
  } finally {
    await context.destroy();
  }
}

describe('the formatter', () => {
  it('formats by the path', () =>
    withInstance({}, async (context) => {
      const answer = await context.request('format', { path: 'a/b.ts', source: 'let x:number=1' });
      expect(answer).toEqual({ formatted: 'let x: number = 1;\n', changed: true });
    }));

  it('formats by the name of a parser, whatever the path says', () =>
    withInstance({}, async (context) => {
      const source = 'a:   1';
      const answer = await context.request('format', { path: 'a.css', parser: 'yaml', source });
      expect(answer.formatted).toBe('a: 1\n');
      const formatted = await context.request('format', { parser: 'yaml', source: 'a: 1\n' });
      expect(formatted).toEqual({ formatted: 'a: 1\n', changed: false });
    }));

  it('has options of its instance, and options of a request on top', () =>
    withInstance({ options: { semi: false, singleQuote: true } }, async (context) => {
      const input = { path: 'a.js', source: 'f("x")' };
      expect((await context.request('format', input)).formatted).toBe("f('x')\n");
      const own = { ...input, options: { semi: true } };
      expect((await context.request('format', own)).formatted).toBe("f('x');\n");
      expect((await context.request('format', input)).formatted).toBe("f('x')\n");
    }));

  it('checks', () =>
    withInstance({}, async (context) => {
      expect(await context.request('check', { path: 'a.md', source: '# a\n' })).toEqual({
        ok: true,
      });
      expect(await context.request('check', { path: 'a.md', source: '#  a' })).toEqual({
        ok: false,
      });
    }));

  it.each(['format', 'check'] as const)('%s declares what is wrong with a text', (method) =>
    withInstance({}, async (context) => {
      await expect(
        context.request(method, { path: 'a.ts', source: '\nlet x = ;' }),
      ).rejects.toMatchObject({
        status: 'HANDLER',
        code: 'SYNTAX',
        message: 'Expression expected.',
        details: { line: 2, column: 9 },
      });
      await expect(context.request(method, { path: 'a.zzz', source: '' })).rejects.toMatchObject({
        code: 'UNKNOWN_LANGUAGE',
        details: { path: 'a.zzz' },
      });
      await expect(context.request(method, { parser: 'no', source: '' })).rejects.toMatchObject({
        code: 'UNKNOWN_LANGUAGE',
        details: {},
      });
    }),
  );

  it('refuses options that prettier does not have, and names them', () =>
    withInstance({}, async (context) => {
      const options = { tabWidth: 'wide' } as unknown as { tabWidth: number };
      await expect(
        context.request('format', { path: 'a.ts', source: '', options }),
      ).rejects.toThrow();
      const config = { options: { plugins: [] } } as unknown as Config;
      await expect(testLibrary(library, { config })).rejects.toMatchObject({
        status: 'CREATE_FAILED',
      });
    }));
});

describe('formatMany', () => {
  const files = [
    { path: 'a.js', source: 'f( )' },
    { path: 'b.js', source: 'f(' },
    { path: 'c.zzz', source: '' },
    { path: 'd.css', source: 'a{b:c}', options: { tabWidth: 4 } },
  ];

  it('gives a result for each file, with events as they are made', () =>
    withInstance({}, async (context) => {
      const seen: unknown[] = [];
      context.on('progress', (event) => seen.push(event));
      const { results } = await context.request('formatMany', { files });
      expect(results).toEqual([
        { path: 'a.js', formatted: 'f();\n', changed: true },
        {
          path: 'b.js',
          problem: {
            code: 'SYNTAX',
            message: expect.any(String),
            place: { line: 1, column: 3 },
          },
        },
        {
          path: 'c.zzz',
          problem: { code: 'UNKNOWN_LANGUAGE', message: expect.stringContaining('c.zzz') },
        },
        { path: 'd.css', formatted: 'a {\n    b: c;\n}\n', changed: true },
      ]);
      expect(seen).toEqual(files.map(({ path }, index) => ({ done: index + 1, total: 4, path })));
      expect(await context.request('formatMany', { files: [] })).toEqual({ results: [] });
    }));

  it('ends between two files when it is canceled', () =>
    withInstance({}, async (context) => {
      const abort = new AbortController();
      const seen: string[] = [];
      context.on('progress', ({ path }) => {
        seen.push(path);
        if (seen.length === 2) abort.abort();
      });
      const { signal } = abort;
      await expect(context.request('formatMany', { files }, { signal })).rejects.toMatchObject({
        status: 'CANCELED',
      });
      await context.destroy();
      expect(seen).toEqual(['a.js', 'b.js']);
    }));
});

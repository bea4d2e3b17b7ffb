// When a process goes on and when it ends, and what workers leave behind: in processes of their
// own.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { programUrl, runProgram } from './testing/child.js';
import { compileEchoLibrary, type EchoLibrary } from './testing/echo-library.js';

let echo: EchoLibrary;
beforeAll(() => {
  echo = compileEchoLibrary();
});
afterAll(() => echo.remove());

describe.each(['addon', 'koffi'])('a process that uses weir over %s', (kind) => {
  const run = (body: string, flags: string[] = []) =>
    runProgram(programUrl(echo.path, kind, body), { flags });

  test('ends by itself when nothing waits, though a pool and a context are open', async () => {
    const ended = await run(`
      const pool = library.createPool();
      const context = await pool.create();
      context.on('tick', () => {});
      console.log(text(await context.request('echo', bytes('done'))));
      globalThis.kept = context;
    `);
    expect(ended).toMatchObject({ code: 0, output: 'done\n' });
  });

  test('stays alive while a request waits', async () => {
    const ended = await run(`
      const context = await library.createPool().create();
      context.request('sleep_async', bytes('100')).then((ms) => console.log('slept', text(ms)));
      globalThis.kept = context;
    `);
    expect(ended).toMatchObject({ code: 0, output: 'slept 100\n' });
  });

  test('ends by process.exit with requests that wait', async () => {
    const ended = await run(`
      const context = await library.createPool().create();
      for (let i = 0; i < 100; i++) context.request('never').catch(() => {});
      context.request('sleep', bytes('200')).catch(() => {});
      await context.request('echo', bytes('x'), { timeout: 1 }).catch(() => {});
      process.exit(7);
    `);
    expect(ended).toMatchObject({ code: 7, signal: null, output: '' });
  });

  test('a context that was forgotten is destroyed, with a warning', async () => {
    const ended = await run(
      `
      const pool = library.createPool({ maxSlots: 1 });
      await (async () => { await pool.create(undefined, { tag: 'lost' }); })();
      const warned = new Promise((resolve) => process.once('warning', resolve));
      const collect = setInterval(() => globalThis.gc(), 10);
      console.log((await warned).code);
      clearInterval(collect);
      const next = await pool.create();
      console.log(text(await next.request('echo', bytes('next'))));
      await pool.close();
    `,
      ['--expose-gc', '--no-warnings'],
    );
    expect(ended).toMatchObject({ code: 0, output: 'WEIR_CONTEXT_LEAKED\nnext\n' });
  });

  test('any number of workers use it at once, and leave nothing behind', async () => {
    const body = `
      const pool = library.createPool();
      const context = await pool.create();
      const answers = await Promise.all(
        Array.from({ length: 500 }, (_, i) => context.request('echo', bytes(String(i)))));
      if (answers.some((one, i) => text(one) !== String(i))) throw new Error('mixed up');
      await pool.close();
    `;
    const url = JSON.stringify(programUrl(echo.path, kind, body));
    const ended = await run(`
      const start = () => new Worker('import(' + JSON.stringify(${url}) + ')', { eval: true });
      const codes = await Promise.all(Array.from({ length: 4 }, () =>
        new Promise((resolve, reject) => start().on('exit', resolve).on('error', reject))));
      console.log(codes.join());
      while (transport.processStats().pools > 0) await new Promise((r) => setTimeout(r, 5));
      console.log('clean');
    `);
    expect(ended).toMatchObject({ code: 0, output: '0,0,0,0\nclean\n' });
  });
});

describe('a worker that is terminated in the middle of its requests', () => {
  test.each(['addon', 'koffi'])('leaves nothing behind in the process, over %s', async (kind) => {
    const body = `
      const pool = library.createPool({ drainTime: 0, cancelTime: 10 });
      const context = await pool.create();
      for (let i = 0; i < 100; i++) context.request('never').catch(() => {});
      context.on('tick', () => {});
      parentPort.postMessage('busy');
      for (;;) await context.request('echo', bytes('x'));
    `;
    const url = JSON.stringify(programUrl(echo.path, kind, body));
    const program = `
      for (let i = 0; i < 3; i++) {
        const worker = new Worker('import(' + JSON.stringify(${url}) + ')', { eval: true });
        await new Promise((resolve, reject) => worker.once('message', resolve).on('error', reject));
        await worker.terminate();
      }
      const count = () => {
        const { pools, slots, contexts, instances } = transport.processStats();
        return pools + slots + contexts + instances;
      };
      while (count() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      console.log('clean');
    `;
    const ended = await runProgram(programUrl(echo.path, kind, program));
    expect(ended).toMatchObject({ code: 0, signal: null, output: 'clean\n' });
  });
});

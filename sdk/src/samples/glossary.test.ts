/** The sample test of docs/authoring.md, in the form that an author writes it. */

// [sample:test]
import { expect, test } from '@jest/globals';
import { testLibrary } from '@weir-ffi/sdk/testing';
import library from './glossary.js';

test('terms are found whatever their case', async () => {
  const context = await testLibrary(library, { config: {} });
  expect(await context.request('define', { term: 'Weir', meaning: 'a low dam' })).toEqual({
    terms: 1,
  });
  expect(await context.request('lookup', { term: 'weir' })).toBe('a low dam');

  const failed = context.request('lookup', { term: 'sluice' });
  await expect(failed).rejects.toMatchObject({
    status: 'HANDLER',
    code: 'UNKNOWN_TERM',
    details: { term: 'sluice', known: 1 },
  });
  await context.destroy();
});

test('counting reports progress and can be canceled', async () => {
  const context = await testLibrary(library, { config: {}, room: 1 });
  await context.request('define', { term: 'weir', meaning: 'a low dam' });
  const controller = new AbortController();
  const counting = context.request('count', ['a weir', 'two weirs'], {
    signal: controller.signal,
    timeout: 1000,
  });
  counting.catch(() => undefined);
  for await (const { name, payload } of context.events) {
    expect({ name, payload }).toEqual({ name: 'progress', payload: { done: 1, of: 2 } });
    controller.abort();
    break;
  }
  await expect(counting).rejects.toMatchObject({ status: 'CANCELED' });
  await context.destroy();
});
// [/sample]

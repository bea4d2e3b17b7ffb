import { expect, test } from '@jest/globals';
import { testLibrary } from '@weir-ffi/sdk/testing';
import library from './library';

test('greets by name', async () => {
  const context = await testLibrary(library, { config: { greeting: 'Hi' } });
  expect(await context.request('greet', { name: 'Ada' })).toEqual({ text: 'Hi, Ada!' });
  await context.destroy();
});

test('tells of each person that it greets', async () => {
  const context = await testLibrary(library);
  const seen: string[] = [];
  context.on('greeted', ({ text }) => seen.push(text));
  expect(await context.request('greetAll', { names: ['Ada', 'Grace'] })).toEqual({ count: 2 });
  expect(seen).toEqual(['Hello, Ada!', 'Hello, Grace!']);
  await context.destroy();
});

test('a name must not be empty', async () => {
  const context = await testLibrary(library);
  await expect(context.request('greetAll', { names: ['Ada', ''] })).rejects.toMatchObject({
    code: 'NO_NAME',
    details: { position: 1 },
  });
  await context.destroy();
});

/**
 * host.ts: uses a generated client of a library with room for one title, and says what came of it.
 * A library that does not fit the client is refused; the exit code is 3 then.
 *
 * Arguments: the library, the transport.
 */

import { type TransportKind, WeirError } from '@weir-ffi/node';
import { create, isError, open } from './shelf/client.js';

const [path = '', transport] = process.argv.slice(2);

// [sample:client]
async function use(): Promise<void> {
  using library = await open(path, { transport: transport as TransportKind });
  await using pool = library.createPool({ maxSlots: 1 });
  await using shelf = await create(pool, { room: 1 });
  const added = shelf.addedEvents(); // an async iterator, with back-pressure
  shelf.onAdded(({ title }) => console.log('heard', title));
  const { count } = await shelf.add({ title: 'Emma' }, { timeout: 30_000 });
  console.log('added', count, (await added.next()).value?.title);
  try {
    await shelf.add({ title: 'Persuasion' });
  } catch (error) {
    if (!isError(error, 'FULL')) throw error;
    console.log('full', error.library.details.room);
  }
}
// [/sample]

/** An abort, and the end of an iteration with its context. */
async function end(): Promise<void> {
  using library = await open(path, { transport: transport as TransportKind });
  await using pool = library.createPool();
  const shelf = await create(pool, {});
  const added = shelf.addedEvents();
  const signal = AbortSignal.abort();
  const stopped = shelf.add({ title: 'Lady Susan' }, { signal });
  console.log('aborted', await stopped.catch((error: WeirError) => error.code));
  await shelf.destroy();
  console.log('open', (await added.next()).done !== true);
}

try {
  await use();
  await end();
} catch (error) {
  if (!(error instanceof WeirError) || error.code !== 'CONTRACT_MISMATCH') throw error;
  console.log(error.message);
  console.log('differences', error.differences?.length);
  process.exitCode = 3;
}

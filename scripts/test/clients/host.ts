/**
 * host.ts: uses a generated client of a library with room for one title, and says what came of it.
 * A library that does not fit the client is refused; the exit code is 3 then.
 *
 * Arguments: the library, the transport.
 */

import { type TransportKind, WeirError } from '@weir-ffi/node';
import { create, isError, open } from './shelf/client.js';

const [path = '', transport] = process.argv.slice(2);

async function use(): Promise<void> {
  using library = await open(path, { transport: transport as TransportKind });
  await using pool = library.createPool({ maxSlots: 1 });
  await using shelf = await create(pool, { room: 1 });
  const events = shelf.addedEvents();
  let heard = '';
  shelf.onAdded(({ title }) => {
    heard = title;
  });
  const { count } = await shelf.add({ title: 'Emma' }, { timeout: 30_000 });
  const first = await events.next();
  console.log('added', count, first.value?.title, heard);
  try {
    await shelf.add({ title: 'Persuasion' });
  } catch (error) {
    console.log('full', isError(error, 'FULL') && error.library.details.room === 1);
  }
  const stopped = await shelf
    .add({ title: 'Lady Susan' }, { signal: AbortSignal.abort() })
    .catch((error: WeirError) => error.code);
  console.log('aborted', stopped);
  await shelf.destroy();
  console.log('open', (await events.next()).done !== true);
}

try {
  await use();
} catch (error) {
  if (!(error instanceof WeirError) || error.code !== 'CONTRACT_MISMATCH') throw error;
  console.log(error.message);
  console.log('differences', error.differences?.length);
  process.exitCode = 3;
}

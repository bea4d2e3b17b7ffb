// A Node host of a library in TypeScript, for any Node: what needs the engine's own Node beside the
// host's. It says "passed" at its end, and throws what was not as expected.
//
// usage: node guest-host.mjs <@weir-ffi/node as a file> <addon or koffi> <library> <ending>
//
// endings: closed (all that it opened, exit code 0), open (nothing; 0), exit (in the middle; 7)

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

const [index = '', kind = '', path = '', ending = ''] = process.argv.slice(2);
const { createTransport, Library } = await import(pathToFileURL(index).href);

const transport = createTransport(kind);
const library = await Library.open(path, { transport });
const pool = library.createPool({ maxSlots: 2, drainTime: 0 });
const context = await pool.create({ greeting: 'Hello' });
const other = await pool.create({ greeting: 'Hi' });
/** @param {number} length */
const upTo = (length) => Array.from({ length }, (_, at) => at);

async function requestsAreAnswered() {
  assert.deepEqual([library.name, library.engine, library.transport], ['guest', 'node', kind]);
  const asked = upTo(100).map((at) => context.request('greet', { name: `host ${at}` }));
  const wanted = upTo(100).map((at) => `Hello, host ${at}`);
  assert.deepEqual(await Promise.all(asked), wanted);
  await assert.rejects(context.request('refuse', 3), { code: 'HANDLER', reason: 'not now' });
}

async function anAbortCancels() {
  const controller = new AbortController();
  const waiting = context.request('wait', undefined, { signal: controller.signal });
  setImmediate(() => controller.abort('enough'));
  await assert.rejects(waiting, { code: 'CANCELED', cause: 'enough' });
}

async function eventsComeInOrder() {
  const seen = [];
  const stream = context.events('counted', { buffer: 2 });
  const counting = context.request('count', 20);
  for await (const { at } of stream) if (seen.push(at) === 20) break;
  assert.equal(await counting, 20);
  assert.deepEqual(seen, upTo(20));
}

async function destroyCancels() {
  const waiting = assert.rejects(other.request('wait'), { code: 'CANCELED' });
  await other.request('greet', { name: 'now' });
  const { canceled, abandoned, closed } = await other.destroy();
  assert.deepEqual({ canceled, abandoned, closed }, { canceled: 1, abandoned: 0, closed: 0 });
  await waiting;
}

async function allCloses() {
  assert.equal((await context.destroy()).abandoned, 0);
  const { contextsDestroyed, slotsAbandoned } = await pool.close();
  assert.deepEqual([contextsDestroyed, slotsAbandoned], [0, 0]);
  library.close();
  const { pools, slots, contexts, instances, jobs } = transport.processStats();
  assert.deepEqual([pools, slots, contexts, instances, jobs], [0, 0, 0, 0, 0]);
}

await requestsAreAnswered();
await anAbortCancels();
await eventsComeInOrder();
if (ending === 'closed') {
  await destroyCancels();
  await allCloses();
} else if (ending === 'exit') {
  const ignore = () => undefined;
  other.request('spin').catch(ignore);
  for (const at of upTo(50)) context.request('count', at).catch(ignore);
  await context.request('greet', { name: 'the last one' });
}
process.stdout.write('passed\n');
if (ending === 'exit') process.exit(7);

// A host in Node over the smallest library: greet.mjs <libgreeter.so>

// [sample:node]
import { Library, WeirError } from '@weir-ffi/node';

const bytes = (text) => new TextEncoder().encode(text);
const text = (payload) => new TextDecoder().decode(payload);

const library = await Library.open(process.argv[2]);
const pool = library.createPool({ maxSlots: 2 });
const context = await pool.create(bytes('Good evening'));
context.on('greeted', (name) => console.log('event greeted:', text(name)));

console.log(text(await context.request('greet', bytes('Ada'), { timeout: 1000 })));
try {
  await context.request('greet');
} catch (error) {
  if (!(error instanceof WeirError)) throw error;
  console.log(error.code, error.reason);
}
await pool.close();
// [/sample]
console.log(library.transport);

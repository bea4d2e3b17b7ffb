/** weir.ts: contexts of the native and the TypeScript echo, by the public host API. */

import { Library, type TransportKind } from '../../src/index.js';
import type { Contender } from './contender.js';

interface Wanted {
  readonly name: string;
  /** Absolute path of a library with a method `echo` of bytes. */
  readonly path: string;
  readonly transport: TransportKind;
  /** Bytes of a payload. */
  readonly size: number;
  readonly inFlight: readonly number[];
}

export async function startWeir(wanted: Wanted): Promise<Contender> {
  const { name, path, transport, size, inFlight } = wanted;
  const library = await Library.open(path, { transport });
  const pool = library.createPool({ maxSlots: 1 });
  const context = await pool.create();
  const payload = new Uint8Array(size).fill(7);
  return {
    name,
    inFlight,
    payload,
    ask: () => context.request('echo', payload),
    close: async () => {
      await context.destroy();
      await pool.close();
      library.close();
    },
  };
}

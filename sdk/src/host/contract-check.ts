/** contract-check.ts: whether a client fits the library that it finds. */

import { diffContracts } from '../contract/diff.js';
import { parseContract } from '../contract/parse.js';
import type { ContractDocument } from '../contract/types.js';
import { WeirError } from './error.js';
import type { TransportLibrary } from './transport.js';
import type { ClientContract, LibraryTypes } from './types.js';

const refuse = (client: string, library: TransportLibrary, differences: string[]): never => {
  const found = `the library is ${library.name} ${library.version}`;
  const why = `the client was made for ${client}, ${found}:\n  ${differences.join('\n  ')}`;
  throw new WeirError('CONTRACT_MISMATCH', 'open', why, { differences });
};

/**
 * The contract by which payloads of this library are encoded: its own, or for a native one, which
 * has none, the client's.
 *
 * @param client what the caller was made for, or undefined when it takes what it gets
 * @throws WeirError CONTRACT_MISMATCH with `differences`, a line for each change that breaks the
 *   client
 */
export function agreedContract(
  library: TransportLibrary,
  client: ClientContract<LibraryTypes> | undefined,
): ContractDocument | undefined {
  const { contract, contractHash } = library;
  const own = contract === undefined ? undefined : parseContract(contract);
  if (client === undefined) return own;
  const wanted = `${client.name} ${client.version}`;
  if (client.name !== library.name) {
    const line = `/name: ${client.name} became ${library.name} (it is another library)`;
    return refuse(wanted, library, [line]);
  }
  if (own === undefined) return client.document;
  if (contractHash === client.hash) return own;
  const breaking = diffContracts(client.document, own).filter(({ compatible }) => !compatible);
  if (breaking.length === 0) return own;
  const lines = breaking.map(({ path, change, why }) => `${path}: ${change} (${why})`);
  return refuse(wanted, library, lines);
}

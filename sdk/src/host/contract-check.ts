/** contract-check.ts: whether a client fits the library that it finds. */

import { diffContracts } from '../contract/diff.js';
import { parseContract } from '../contract/parse.js';
import type { ContractDocument } from '../contract/types.js';
import { WeirError } from './error.js';
import type { TransportLibrary } from './transport.js';
import type { ClientContract, LibraryTypes } from './types.js';

type Client = ClientContract<LibraryTypes>;

function refuse(
  operation: string,
  client: Client,
  library: TransportLibrary,
  differences: string[],
): never {
  const wanted = `the client was made for ${client.name} ${client.version}`;
  const found = `the library is ${library.name} ${library.version}`;
  const why = `${wanted}, ${found}:\n  ${differences.join('\n  ')}`;
  throw new WeirError('CONTRACT_MISMATCH', operation, why, { differences });
}

function requireName(operation: string, client: Client, library: TransportLibrary): void {
  if (client.name === library.name) return;
  const line = `/name: ${client.name} became ${library.name} (it is another library)`;
  refuse(operation, client, library, [line]);
}

function requireDocument(
  operation: string,
  client: Client,
  library: TransportLibrary,
  document: ContractDocument,
): void {
  const breaking = diffContracts(client.document, document).filter(({ compatible }) => !compatible);
  if (breaking.length === 0) return;
  const lines = breaking.map(({ path, change, why }) => `${path}: ${change} (${why})`);
  refuse(operation, client, library, lines);
}

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
  client: Client | undefined,
): ContractDocument | undefined {
  const { contract, contractHash } = library;
  const own = contract === undefined ? undefined : parseContract(contract);
  if (client === undefined) return own;
  requireName('open', client, library);
  if (own === undefined) return client.document;
  if (contractHash !== client.hash) requireDocument('open', client, library, own);
  return own;
}

/**
 * Whether clients fit a library that is open: they may meet one that others have opened, or that
 * was opened without a contract.
 */
export class ContractCheck {
  private readonly fitting = new Set<string>();

  /** @param agreed what payloads of the library follow; undefined: they are bytes */
  constructor(
    private readonly library: TransportLibrary,
    private readonly agreed: ContractDocument | undefined,
    opener: Client | undefined,
  ) {
    if (opener !== undefined) this.fitting.add(opener.hash);
  }

  /** @throws WeirError CONTRACT_MISMATCH with `differences` */
  require(operation: string, client: Client): void {
    if (this.fitting.has(client.hash)) return;
    const { agreed, library } = this;
    requireName(operation, client, library);
    if (agreed === undefined) {
      const line = '/: it was opened without a contract (open it with the client: its `open`)';
      refuse(operation, client, library, [line]);
    }
    requireDocument(operation, client, library, agreed);
    this.fitting.add(client.hash);
  }
}

/**
 * The bytes of a contract and their hash. Nothing that a library runs imports this: `node:crypto`
 * takes longer to load than all else of a small library.
 */

import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.js';
import type { ContractDocument } from './types.js';

/** The bytes of a contract, as a text: what the contract section of a library file holds. */
export const contractText = (contract: ContractDocument): string => canonicalJson(contract);

/** SHA-256, in hex, of a contract without its version: a patch release keeps its hash. */
export function contractHash(contract: ContractDocument): string {
  const { version: _version, ...rest } = contract;
  return createHash('sha256').update(canonicalJson(rest)).digest('hex');
}

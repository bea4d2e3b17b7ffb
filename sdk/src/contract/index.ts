/** Contracts: the document, its bytes and hash, reading one, comparing two. */

export { canonicalJson } from './canonical.js';
export type { ContractChange } from './changes.js';
export { diffContracts } from './diff.js';
export { contractOf } from './document.js';
export { ContractError } from './error.js';
export { contractHash, contractText } from './hash.js';
export { checkContract, parseContract } from './parse.js';
export type { ContractDocument, ContractMethod, Json, JsonSchema } from './types.js';
export { isWideInteger, widenerOf } from './wide-integers.js';

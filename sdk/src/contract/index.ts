/** Contracts: the document, its bytes and hash, reading one, comparing two. */

export { canonicalJson, contractHash, contractText } from './canonical.js';
export type { ContractChange } from './changes.js';
export { diffContracts } from './diff.js';
export { contractOf } from './document.js';
export { ContractError } from './error.js';
export { checkContract, parseContract } from './parse.js';
export type { ContractDocument, ContractMethod, Json, JsonSchema } from './types.js';

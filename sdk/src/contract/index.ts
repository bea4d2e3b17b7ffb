/** Contracts: the document, its bytes and hash, reading one, comparing two. */

export { canonicalJson, contractHash, contractText } from './canonical.js';
export { contractOf } from './document.js';
export { ContractError } from './error.js';
export type { ContractDocument, ContractMethod, Json, JsonSchema } from './types.js';

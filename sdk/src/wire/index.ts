/** CBOR as weir's payloads use it. */

export { decode } from './decode.js';
export { encode } from './encode.js';
export { jsonPointer, WireError } from './error.js';
export { DEPTH_MAX } from './limits.js';
export { isWellFormed } from './text.js';

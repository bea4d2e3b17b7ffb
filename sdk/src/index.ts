/** @weir-ffi/sdk: write a library in TypeScript that hosts in any language can use. */

export { defineLibrary, type Library } from './author/define-library.js';
export { failure, LibraryError, ValidationError } from './author/library-error.js';
export type {
  Answer,
  Call,
  Given,
  Handler,
  Implementation,
  Instance,
  LibrarySpec,
  MethodSpec,
  Received,
  Validate,
} from './author/types.js';
export { type BytesLimits, bytes, text } from './schema/bytes.js';
export {
  float32,
  float64,
  type Int64Options,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
} from './schema/numbers.js';

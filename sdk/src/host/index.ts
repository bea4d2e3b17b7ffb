/** @weir-ffi/sdk/host: use libraries through pooled contexts. */

export {
  type LibraryFailure,
  type SlotCounts,
  statusError,
  WeirError,
  type WeirErrorCode,
} from './error.js';
export {
  type CloseReport,
  type CloseResult,
  type DestroyReport,
  FOREVER,
  type PoolStats,
  type ProcessStats,
  RecordKind,
  type Transport,
  type TransportLibrary,
  type TransportPoolOptions,
  type TransportReceiver,
  type TransportRecord,
} from './transport.js';

/** @weir-ffi/sdk/host: use libraries through pooled contexts. */

export type { ContractDocument } from '../contract/types.js';
export { Context } from './context.js';
export { type DeclaredError, isDeclaredError, type JsonOf } from './declared-error.js';
export {
  type LibraryFailure,
  type SlotCounts,
  statusError,
  WeirError,
  type WeirErrorCode,
} from './error.js';
export type { EventStream, EventsOptions } from './event-stream.js';
export { Library, type OpenOptions, processStats } from './library.js';
export type { TransportKind } from './load-transport.js';
export type { Notice, NoticeKind } from './notice.js';
export { CREATE_TIMEOUT, Pool } from './pool.js';
export type { PoolOptions } from './pool-options.js';
export type { Listener, ReceivedEvent, Subscription } from './subscription.js';
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
export type {
  AnyTypes,
  BytesTypes,
  ClientContract,
  CreateArguments,
  CreateOptions,
  ErrorCode,
  LibraryTypes,
  RequestArguments,
  RequestOptions,
} from './types.js';

/**
 * structs.ts: the structs of weir.h that cross to the core. Names are those of the header in camel
 * case; structs.test.ts compares every size and offset with the C compiler's.
 */

import { layout } from './layout.js';

/** Bytes of weir_error.message: WEIR_ERROR_MESSAGE_SIZE. */
const ERROR_MESSAGE_SIZE = 480;

export const ERROR = layout({
  structSize: 'u32',
  status: 'i32',
  slotsTotal: 'u32',
  slotsIdle: 'u32',
  slotsActive: 'u32',
  slotsQuarantined: 'u32',
  waiting: 'u32',
  messageLength: 'u32',
  message: ERROR_MESSAGE_SIZE,
});

export const RECORD = layout({
  kind: 'u32',
  status: 'i32',
  context: 'u64',
  id: 'u64',
  userData: 'u64',
  data: 'pointer',
  length: 'size',
  name: 'pointer',
  nameLength: 'size',
  token: 'u64',
});

export const REQUEST = layout({
  structSize: 'u32',
  method: 'u32',
  name: 'pointer',
  nameLength: 'size',
  data: 'pointer',
  length: 'size',
  timeoutMs: 'u32',
  reserved: 'u32',
  release: 'pointer',
  releaseData: 'u64',
  callback: 'pointer',
  userData: 'u64',
});

export const LIBRARY_INFO = layout({
  structSize: 'u32',
  methodCount: 'u32',
  name: 'pointer',
  version: 'pointer',
  engine: 'pointer',
  contract: 'pointer',
  contractHash: 'pointer',
  nameLength: 'size',
  versionLength: 'size',
  engineLength: 'size',
  contractLength: 'size',
  contractHashLength: 'size',
});

export const POOL_OPTIONS = layout({
  structSize: 'u32',
  delivery: 'u32',
  queue: 'u64',
  maxSlots: 'u32',
  minIdle: 'u32',
  idleTimeoutMs: 'u32',
  maxUses: 'u32',
  maxAgeMs: 'u32',
  drainMs: 'u32',
  cancelMs: 'u32',
  teardownMs: 'u32',
  slowMs: 'u32',
  wedgedMs: 'u32',
  checkMs: 'u32',
  onWedged: 'u32',
  maxRequests: 'u32',
  maxEvents: 'u32',
  maxRequestBytes: 'u64',
  maxPayload: 'u32',
  spinUs: 'u32',
  stackSize: 'u32',
  leakThresholdMs: 'u32',
  isolation: 'u32',
  minClean: 'u32',
  heapLimitMb: 'u32',
  callback: 'pointer',
});

export const CONTEXT_OPTIONS = layout({
  structSize: 'u32',
  tagLength: 'u32',
  config: 'pointer',
  configLength: 'size',
  tag: 'pointer',
  userData: 'u64',
});

export const POOL_STATS = layout({
  structSize: 'u32',
  slotsMax: 'u32',
  slotsTotal: 'u32',
  slotsIdle: 'u32',
  slotsActive: 'u32',
  slotsRecycling: 'u32',
  slotsQuarantined: 'u32',
  slotsPrepared: 'u32',
  waiting: 'u32',
  slotsBuilt: 'u64',
  slotsRetired: 'u64',
  slotsBuildFailed: 'u64',
  contextsCreated: 'u64',
  contextsDestroyed: 'u64',
  contextsExhausted: 'u64',
  createsFailed: 'u64',
  createsTimedOut: 'u64',
  requestsAccepted: 'u64',
  requestsRefused: 'u64',
  responsesOk: 'u64',
  responsesFailed: 'u64',
  responsesCanceled: 'u64',
  responsesTimedOut: 'u64',
  responsesClosed: 'u64',
  resultsDropped: 'u64',
  eventsEmitted: 'u64',
  eventsDropped: 'u64',
  slowHandlers: 'u64',
  wedgedHandlers: 'u64',
  recoveredHandlers: 'u64',
  slotsUnclean: 'u64',
  workerWakes: 'u64',
  watchWakes: 'u64',
  wakesRepeated: 'u64',
  callbacksRunning: 'u64',
  environmentsRebuilt: 'u64',
  handlersStopped: 'u64',
  instancesEnded: 'u64',
});

export const PROCESS_STATS = layout({
  structSize: 'u32',
  libraries: 'u32',
  queues: 'u32',
  pools: 'u32',
  slots: 'u32',
  contexts: 'u32',
  instances: 'u32',
  jobs: 'u32',
  records: 'u64',
  payloadBytes: 'u64',
});

export const DESTROY_REPORT = layout({
  structSize: 'u32',
  drained: 'u32',
  canceled: 'u32',
  abandoned: 'u32',
  callbacksRunning: 'u32',
  closed: 'u32',
  tookUs: 'u64',
});

export const CLOSE_REPORT = layout({
  structSize: 'u32',
  contextsDestroyed: 'u32',
  slotsRetired: 'u32',
  slotsAbandoned: 'u32',
  tookUs: 'u64',
});

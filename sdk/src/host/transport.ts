/**
 * transport.ts: what the host API needs of a way to call the core.
 *
 * One transport serves one JavaScript thread (the main thread, or one worker) and owns one queue of
 * the core, where all its pools deliver. Two implement it: the compiled addon, and a fallback that
 * needs no compiler; both are in @weir-ffi/node.
 *
 * Guarantees of a transport
 *   - each submitted request comes back exactly once: by `refused` or by `response`
 *   - records of one context arrive in the order in which the core delivered them
 *   - the receiver is called on the transport's own JavaScript thread only, never inside a call of
 *     the transport but `flush`, `cancel` and `submit`, which may call `refused`
 *   - a call that fails throws a WeirError with the core's status and message, and changed nothing
 *   - nothing of it keeps the process alive but `ref`
 * Obligations of the host API
 *   - the receiver never throws
 *   - a number it gives as `owner` stays its own until the transport is done with it: until the
 *     response of a request, the `destroyed` of a context, the end of its context for a listener
 *
 * Handles, ids and counts are numbers below 2^53; times are milliseconds.
 */

/** As a timeout: no limit (WEIR_FOREVER). As an option: switched off (WEIR_OFF). */
export const FOREVER = 0xffff_ffff;

/** Kinds of records, as WEIR_RECORD_… numbers them. */
export const RecordKind = {
  response: 1,
  event: 2,
  eventsDropped: 3,
  unresponsive: 4,
  responsive: 5,
  destroyed: 6,
  created: 7,
  leakSuspected: 8,
  instanceEnded: 9,
} as const;

/** What a library says of itself. */
export interface TransportLibrary {
  readonly handle: number;
  readonly name: string;
  readonly version: string;
  /** `native` or `node`. */
  readonly engine: string;
  readonly methodCount: number;
  /** The contract document as JSON; undefined for a native library, which has none. */
  readonly contract: string | undefined;
  /** 64 hexadecimal digits, or undefined. */
  readonly contractHash: string | undefined;
}

/**
 * The fields of weir_pool_options in camel case, but for what the transport sets itself (the size,
 * the delivery, the queue and the callback). 0 or missing is the core's default.
 */
export interface TransportPoolOptions {
  readonly maxSlots?: number;
  readonly minIdle?: number;
  readonly idleTimeoutMs?: number;
  readonly maxUses?: number;
  readonly maxAgeMs?: number;
  readonly drainMs?: number;
  readonly cancelMs?: number;
  readonly teardownMs?: number;
  readonly slowMs?: number;
  readonly wedgedMs?: number;
  readonly checkMs?: number;
  /** WEIR_ON_WEDGED_… */
  readonly onWedged?: number;
  readonly maxRequests?: number;
  readonly maxEvents?: number;
  readonly maxRequestBytes?: number;
  readonly maxPayload?: number;
  readonly spinUs?: number;
  readonly stackSize?: number;
  readonly leakThresholdMs?: number;
  /** WEIR_ISOLATION_… */
  readonly isolation?: number;
  readonly minClean?: number;
  readonly heapLimitMb?: number;
}

/** The fields of weir_pool_stats in camel case, without the size. */
export interface PoolStats {
  readonly slotsMax: number;
  readonly slotsTotal: number;
  readonly slotsIdle: number;
  readonly slotsActive: number;
  readonly slotsRecycling: number;
  readonly slotsQuarantined: number;
  /** Of the idle ones: an instance can be made in them at once. */
  readonly slotsPrepared: number;
  /** Creates that wait for a slot. */
  readonly waiting: number;
  readonly slotsBuilt: number;
  readonly slotsRetired: number;
  readonly slotsBuildFailed: number;
  readonly contextsCreated: number;
  readonly contextsDestroyed: number;
  readonly contextsExhausted: number;
  readonly createsFailed: number;
  readonly createsTimedOut: number;
  readonly requestsAccepted: number;
  readonly requestsRefused: number;
  readonly responsesOk: number;
  readonly responsesFailed: number;
  readonly responsesCanceled: number;
  readonly responsesTimedOut: number;
  readonly responsesClosed: number;
  /** Results of handlers whose request had its response before. */
  readonly resultsDropped: number;
  readonly eventsEmitted: number;
  readonly eventsDropped: number;
  readonly slowHandlers: number;
  readonly wedgedHandlers: number;
  readonly recoveredHandlers: number;
  /** Slots that were retired since a reset did not leave them clean. */
  readonly slotsUnclean: number;
  readonly workerWakes: number;
  readonly watchWakes: number;
  /** Lost wake-ups that the safety poll mended: 0 unless something is broken. */
  readonly wakesRepeated: number;
  readonly callbacksRunning: number;
  readonly environmentsRebuilt: number;
  readonly handlersStopped: number;
  readonly instancesEnded: number;
}

/** The fields of weir_process_stats in camel case, without the size. For leak tests. */
export interface ProcessStats {
  readonly libraries: number;
  readonly queues: number;
  readonly pools: number;
  readonly slots: number;
  readonly contexts: number;
  readonly instances: number;
  readonly jobs: number;
  readonly records: number;
  readonly payloadBytes: number;
}

/** The fields of weir_destroy_report. */
export interface DestroyReport {
  /** Handlers that ended in the drain time. */
  readonly drained: number;
  /** Handlers that were canceled and then ended. */
  readonly canceled: number;
  /** Handlers (and a destructor that was late) that still run: their slot is in quarantine. */
  readonly abandoned: number;
  /** Host callbacks that still run. */
  readonly callbacksRunning: number;
  /** Requests that had not begun and failed with CLOSED. */
  readonly closed: number;
  /** Microseconds from the call of destroy to its end. */
  readonly tookUs: number;
}

/** The fields of weir_close_report. */
export interface CloseReport {
  /** Contexts that were open. */
  readonly contextsDestroyed: number;
  /** Slots whose threads have ended. */
  readonly slotsRetired: number;
  /** Slots whose handler, destructor or callback still runs. */
  readonly slotsAbandoned: number;
  readonly tookUs: number;
}

/** How a pool was closed: `status` is OK (0) or TIMED_OUT with slots abandoned. */
export interface CloseResult {
  readonly status: number;
  readonly report: CloseReport;
}

/** One record that is not a response. */
export interface TransportRecord {
  /** One of RecordKind. */
  readonly kind: number;
  /** Of `created` and `destroyed`; 0 in all others. */
  readonly status: number;
  readonly context: number;
  /** As in weir_record: ticket, listener id, milliseconds or a count. */
  readonly id: number;
  /** Of the listener for an event, else of the context. */
  readonly owner: number;
  /** Of an event whose listener is for all names, else undefined. */
  readonly name: string | undefined;
  /** The receiver's own. Empty for `destroyed`. */
  readonly payload: Uint8Array;
  /** Of `destroyed`. */
  readonly report: DestroyReport | undefined;
  /**
   * What `release` takes, of an event: until then the event counts against the context's
   * `maxEvents`, so that the library's emit waits. 0: nothing is held.
   */
  readonly hold: number;
}

/** Where a transport delivers. */
export interface TransportReceiver {
  /**
   * The one result of a request.
   *
   * @param status 0, or the weir_status of a failure, whose message the bytes are
   * @param bytes holds the payload from `begin` to `end`
   * @param owned the payload is the receiver's own and may be kept as a view; else it is valid only
   *   until this returns
   */
  response(
    owner: number,
    status: number,
    bytes: Uint8Array,
    begin: number,
    end: number,
    owned: boolean,
  ): void;
  /** A request that the core did not accept: it has no other result. */
  refused(owner: number, status: number, message: string): void;
  /** Anything else. */
  record(record: TransportRecord): void;
}

export interface Transport {
  /** `addon`, `koffi`, or what a test calls its own. */
  readonly kind: string;
  /** Version of the core, as "1.2.3". */
  readonly version: string;

  /** Begin to deliver. Called once, before anything that delivers. */
  start(receiver: TransportReceiver): void;

  /**
   * Load a library. Blocks while the system's loader, or the engine's start, runs.
   *
   * @param path absolute
   */
  openLibrary(path: string): TransportLibrary;
  /** Number of a method. @throws WeirError UNKNOWN_METHOD */
  findMethod(library: number, name: string): number;
  /** Pools of it go on. */
  closeLibrary(library: number): void;

  createPool(library: number, options: TransportPoolOptions): number;
  prewarm(pool: number, count: number): void;
  poolStats(pool: number): PoolStats;
  /** Close it, and resolve when its threads have ended or `timeoutMs` (0: 6,000) have passed. */
  closePool(pool: number, timeoutMs: number): Promise<CloseResult>;
  processStats(): ProcessStats;

  /**
   * Lease a slot that is free now.
   *
   * @param owner of all records of the context
   * @returns the context's handle
   * @throws WeirError POOL_EXHAUSTED, with the counts
   */
  createNow(pool: number, owner: number, config: Uint8Array, tag: string): number;
  /**
   * Get in line for a slot: one `created` record follows with the ticket as its id, and the
   * context's handle, or the status why there is none.
   *
   * @param owner of the `created` record and of all records of the context
   * @param timeoutMs FOREVER: no limit
   * @returns the ticket
   */
  createQueued(
    pool: number,
    owner: number,
    config: Uint8Array,
    tag: string,
    timeoutMs: number,
  ): number;
  /** Take a ticket back: its `created` record comes with CANCELED, unless it was answered. */
  cancelCreate(pool: number, ticket: number): void;
  /** A `destroyed` record follows, the last one of the context. @throws STALE_HANDLE */
  destroyContext(context: number): void;

  /**
   * @param name of the events, or undefined for all
   * @param owner of the event records
   * @returns the id of the listener
   */
  listen(context: number, name: string | undefined, owner: number): number;
  /** Records delivered before still come. A listener or context that is gone is no error. */
  unlisten(context: number, listener: number): void;
  /** Give events back to the core, in any order; each once. */
  release(holds: readonly number[]): void;

  /**
   * Collect a request: it is sent with the next `flush`, or before. Requests of all contexts keep
   * the order of the calls. Large payloads are sent at once, together with all that waits.
   *
   * @param owner of the response, dense: below 2^32 and taken from the lowest that are free
   * @param method from `findMethod`
   * @param payload copied before this returns
   * @param timeoutMs 0: none
   * @returns whether it is the first one that waits: a flush must follow
   */
  submit(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): boolean;
  /** Send what was collected. */
  flush(): void;
  /** Cancel a submitted request that has no response yet: it gets CANCELED, or its result. */
  cancel(context: number, owner: number): void;

  /** Keep the process alive. Not counted: `unref` undoes any number. A new transport does not. */
  ref(): void;
  unref(): void;
}

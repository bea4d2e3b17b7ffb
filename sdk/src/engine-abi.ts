/**
 * engine-abi.ts: what a library's bundle and the engine's bridge say to each other. Types only.
 *
 * The bundle exports `{ weirLibrary }`. The bridge, which the engine runs first in each
 * environment, requires the bundle once and then makes any number of instances, one after the
 * other. Everything crosses as bytes; what they mean is the bundle's business.
 *
 * Guarantees of the bridge
 *   - one instance at a time; `destroy` runs after every call of it has settled
 *   - calls begin in the order in which hosts sent them
 *   - `data` is the callee's own: nothing else writes to it or keeps it
 * Obligations of the bundle
 *   - a result is a Uint8Array (which it does not touch again), undefined for an empty one, or a
 *     promise of either; anything thrown or rejected is the call's failure
 */

/** Grows when an older engine could no longer run a newer bundle, or the other way round. */
export const engineAbi = 1;

export interface EngineLibrary {
  readonly abi: typeof engineAbi;
  /** In the order of the manifest: method number 1 is the first. */
  readonly methods: readonly EngineMethod[];
  /** Make an instance. A throw or rejection makes the host's create fail with its message. */
  create(instance: EngineInstance, config: Uint8Array): unknown;
  /** End an instance: called once when `create` has succeeded. `state` is what it gave. */
  destroy(state: unknown): void | Promise<void>;
  /**
   * The bytes that a host gets for something thrown: at most 4,096, a text and optionally a zero
   * byte and a JSON document. Never throws. `status` is the number of a WEIR_ERR_… constant.
   */
  describeFailure(thrown: unknown): EngineFailure;
}

export interface EngineMethod {
  readonly name: string;
  handle(
    state: unknown,
    data: Uint8Array,
    call: EngineCall,
  ): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

export interface EngineFailure {
  readonly status: number;
  readonly payload: Uint8Array;
}

/** One instance, as its code sees it. */
export interface EngineInstance {
  /** Aborted when the context is being destroyed, before `destroy` runs. */
  readonly signal: AbortSignal;
  /**
   * Emit to the listeners of `name`. Resolves when the host has room for more, at once if it has;
   * rejects when the context is being destroyed. Events keep their order.
   */
  emit(name: string, data: Uint8Array): Promise<void>;
}

/** One call. Its members are made when first read: a call that uses none costs nothing. */
export interface EngineCall {
  /** Aborted when the call is canceled or times out, or its context is destroyed. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch (as Date.now) when the request times out, or undefined. */
  readonly deadline: number | undefined;
  readonly instance: EngineInstance;
}

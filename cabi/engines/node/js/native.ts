/** native.ts: what the engine's C++ gives the bridge, and what it calls. Types and layout only. */

/** Made once in each environment, before any other code runs in it. */
export interface Native {
  readonly shared: ArrayBuffer;
  readonly filename: string;
  /** Every instance has an environment of its own: nobody looks whether it left this one clean. */
  readonly fresh: boolean;
  /** The library's code, as an expression that is the function of a CommonJS module. */
  bundle(): string;
  /** V8's code cache for it, or undefined. */
  codeCache(): Uint8Array | undefined;
  /** The cache above does not fit this V8, or there is none: keep this one for other slots. */
  keepCodeCache(cache: Uint8Array): void;
  /** The payload of a call that is too large to be staged. */
  takeLarge(id: number): Uint8Array;
  /** Hand over the answers that are noted, to have room for more. */
  flush(): void;
  answerLarge(id: number, status: number, data: Uint8Array): void;
  /** Have `cancel(id)` called when the call is canceled. Says whether it still can be. */
  watchCancel(id: number): number;
  /** Milliseconds until the call times out; -1 without a timeout. */
  remaining(id: number): number;
  /** 0: emitted; 7: the host has no room, `room()` will be called; else why not. */
  emit(name: string, data: Uint8Array): number;
  createEnded(failed: boolean, reason: Uint8Array | undefined): void;
  destroyEnded(): void;
  /** The instance has ended itself. Never returns to the caller of a handler. */
  end(reason: string): void;
  /** Write to the host's stdout (1) or stderr (2). */
  print(descriptor: number, text: string): void;
}

/** What C++ calls, in this order in an array. */
export interface Entries {
  load(): void;
  create(config: Uint8Array): number;
  destroy(): number;
  run(first: number, count: number): void;
  cancel(id: number): void;
  room(): void;
  abort(): void;
  isClean(): string | undefined;
  makeCodeCache(): Uint8Array;
  /** Something was stopped: set right what it left. */
  recover(betweenHandlers: boolean): void;
}

/** create and destroy: ended, or to end later. */
export const progress = { done: 0, failed: 1, later: 2 } as const;

/** What watchCancel says of a call. */
export const watching = { watched: 0, canceled: 1, ended: 2 } as const;

/** WEIR_ERR_… that the bridge itself gives. */
export const status = { ok: 0, queueFull: 7, handler: 16 } as const;

/**
 * The memory that both sides share; src/shared_block.hpp has the same numbers.
 *
 *   header    Int32 [0] the entry of the batch whose handler runs, from 1, or 0
 *             Int32 [1] answers noted
 *             Int32 [2] bytes of answers noted
 *   requests  of each 4 x Uint32: call, method, offset in `input` or `large`, length
 *   answers   of each 4 x Uint32: call, status, offset in `output`, length
 */
export const layout = {
  current: 0,
  answers: 1,
  answerBytes: 2,
  entryWords: 4,
  mostRequests: 64,
  mostAnswers: 256,
  inputBytes: 64 * 1024,
  outputBytes: 64 * 1024,
  large: 0xffff_ffff,
  headerAt: 0,
  requestsAt: 64,
  answersAt: 64 + 64 * 16,
  inputAt: 64 + 64 * 16 + 256 * 16,
  outputAt: 64 + 64 * 16 + 256 * 16 + 64 * 1024,
} as const;

/** Results up to this size are copied into the shared memory; larger ones are handed over. */
export const largestStaged = 16 * 1024;

/**
 * bridge.ts: the first code of each environment: installs the guards, loads the library, and makes,
 * serves and ends its instances, one after the other. C++ calls what this returns.
 */
import type { EngineLibrary } from '../../../../sdk/src/engine-abi.js';
import { AsyncStack } from './async-stack.js';
import { Calls } from './calls.js';
import { Cleanliness } from './cleanliness.js';
import { describe, failureOf } from './failure.js';
import { installGuards } from './guards.js';
import { Instance } from './instance.js';
import { Loaded } from './loader.js';
import { Modules } from './modules.js';
import { type Entries, type Native, progress } from './native.js';

class Bridge implements Omit<Entries, 'recover'> {
  readonly #native: Native;
  readonly #calls: Calls;
  readonly #modules: Modules;
  #loaded: Loaded | undefined;
  #stock: Cleanliness | undefined;
  #instance: Instance | undefined;
  #state: unknown;

  constructor(native: Native, builtin: (name: string) => unknown) {
    this.#native = native;
    this.#modules = new Modules(builtin);
    this.#calls = new Calls(native);
    installGuards(native, this.#modules);
    for (const event of ['uncaughtException', 'unhandledRejection']) {
      process.on(event as 'uncaughtException', (thrown: unknown) => {
        // A library that listens itself has dealt with it.
        if (process.listenerCount(event) === 1) {
          native.end(`${uncaught[event]}: ${describe(thrown)}`);
        }
      });
    }
  }

  load(): void {
    this.#loaded = new Loaded(this.#native, this.#modules);
    this.#stock = this.#native.fresh ? undefined : new Cleanliness(this.#modules);
  }

  get #library(): EngineLibrary {
    if (this.#loaded === undefined) {
      throw new Error('the library is not loaded');
    }
    return this.#loaded.library;
  }

  create(config: Uint8Array): number {
    const instance = new Instance(this.#native);
    this.#instance = instance;
    try {
      const state = this.#library.create(instance, config);
      if (!isThenable(state)) {
        this.#begin(instance, state);
        return progress.done;
      }
      state.then(
        (value) => {
          this.#begin(instance, value);
          this.#native.createEnded(false, undefined);
        },
        (thrown) => {
          this.#native.createEnded(true, failureOf(this.#library, thrown).payload);
        },
      );
      return progress.later;
    } catch (thrown) {
      this.#native.createEnded(true, failureOf(this.#library, thrown).payload);
      return progress.failed;
    }
  }

  #begin(instance: Instance, state: unknown): void {
    this.#state = state;
    this.#calls.serve(this.#library, instance, state);
  }

  destroy(): number {
    this.#instance?.abort();
    let ended: void | Promise<void>;
    try {
      ended = this.#library.destroy(this.#state);
    } catch {
      ended = undefined; // the instance is gone either way
    }
    if (!isThenable(ended)) {
      this.#finish();
      return progress.done;
    }
    const finish = () => {
      this.#finish();
      this.#native.destroyEnded();
    };
    ended.then(finish, finish);
    return progress.later;
  }

  #finish(): void {
    this.#calls.forget();
    this.#instance = undefined;
    this.#state = undefined;
    this.#loaded?.keepCodeCache(this.#native);
  }

  run(first: number, count: number): void {
    this.#calls.run(first, count);
  }

  cancel(id: number): void {
    this.#calls.cancel(id);
  }

  room(): void {
    this.#instance?.room();
  }

  abort(): void {
    this.#instance?.abort();
  }

  isClean(): string | undefined {
    return this.#stock?.difference();
  }

  makeCodeCache(): Uint8Array {
    if (this.#loaded === undefined) {
      throw new Error('the library is not loaded');
    }
    return this.#loaded.makeCodeCache();
  }
}

const uncaught: Record<string, string> = {
  uncaughtException: 'uncaught error',
  unhandledRejection: 'unhandled rejection',
};

function isThenable(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}

/**
 * Something was stopped. Between handlers it may have been one of those that follow each other by
 * process.nextTick without an end: the one that waits would begin the same again in whatever runs
 * next. Those that wait run now, and none can follow.
 */
function recover(asyncStack: AsyncStack, betweenHandlers: boolean): void {
  asyncStack.clear();
  if (!betweenHandlers) {
    return;
  }
  const { nextTick } = process;
  process.nextTick = () => undefined;
  try {
    (process as unknown as { _tickCallback(): void })._tickCallback();
  } finally {
    process.nextTick = nextTick;
  }
}

/** In the order in which C++ keeps them: see src/bridge.hpp. */
export function start(native: Native, builtin: (name: string) => unknown): unknown[] {
  const bridge = new Bridge(native, builtin);
  const asyncStack = new AsyncStack();
  return [
    () => bridge.load(),
    (config: Uint8Array) => bridge.create(config),
    () => bridge.destroy(),
    (first: number, count: number) => bridge.run(first, count),
    (id: number) => bridge.cancel(id),
    () => bridge.room(),
    () => bridge.abort(),
    () => bridge.isClean(),
    () => bridge.makeCodeCache(),
    (betweenHandlers: boolean) => recover(asyncStack, betweenHandlers),
    asyncStack.where(),
  ];
}

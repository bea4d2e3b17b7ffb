/**
 * cleanliness.ts: is an environment as it was before its last instance? Taken stock of when the
 * library is loaded, compared when an instance has ended. Looks at what instances leave behind:
 *
 *   open handles and running requests of the event loop, timers
 *   names and values of globals, of the built-in constructors and their prototypes
 *   listeners of the process, process.env, the working directory, the module cache
 *
 * What the library keeps in its own modules is its own affair: under the isolation `instance` it is
 * shared by the owners of a slot, one after the other.
 */
import type { Modules } from './modules.js';

/** The own properties of an object that hold a value; accessors are counted, and not run. */
interface Members {
  readonly object: Record<string | symbol, unknown>;
  readonly what: string;
  readonly count: number;
  readonly keys: (string | symbol)[];
  readonly values: unknown[];
}

type Handles = { _getActiveHandles(): unknown[]; _getActiveRequests(): unknown[] };

const intrinsics = [
  'Object',
  'Function',
  'Array',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'BigInt',
  'Promise',
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Date',
  'RegExp',
  'Error',
  'TypeError',
  'RangeError',
  'ArrayBuffer',
  'Uint8Array',
  'DataView',
  'JSON',
  'Math',
  'Reflect',
  'Atomics',
  'Intl',
  'AbortController',
  'URL',
  'Buffer',
  'EventTarget',
];

function stockOf(object: object, what: string): Members {
  const all = Reflect.ownKeys(object);
  const keys: (string | symbol)[] = [];
  const values: unknown[] = [];
  for (const key of all) {
    const property = Reflect.getOwnPropertyDescriptor(object, key);
    if (property !== undefined && 'value' in property && key !== 'exitCode') {
      keys.push(key);
      values.push(property.value);
    }
  }
  return { object: object as Members['object'], what, count: all.length, keys, values };
}

export class Cleanliness {
  readonly #members: Members[] = [];
  readonly #environment: Map<string, string | undefined>;
  readonly #listeners: Map<string | symbol, number>;
  readonly #modules: Modules;
  readonly #moduleCount: number;
  readonly #resources: number;
  readonly #directory: string;

  constructor(modules: Modules) {
    this.#watch(globalThis, 'globalThis');
    this.#watch(process, 'process');
    for (const name of intrinsics) {
      const value = Reflect.get(globalThis, name) as object;
      this.#watch(value, name);
      const prototype = Reflect.get(value, 'prototype') as object | undefined;
      if (prototype !== undefined) {
        this.#watch(prototype, `${name}.prototype`);
      }
    }
    this.#environment = new Map(Object.entries(process.env));
    this.#listeners = new Map(process.eventNames().map((n) => [n, process.listenerCount(n)]));
    this.#modules = modules;
    this.#moduleCount = this.#modules.loadedFiles;
    this.#resources = process.getActiveResourcesInfo().length;
    this.#directory = process.cwd();
  }

  #watch(object: object, what: string): void {
    this.#members.push(stockOf(object, what));
  }

  /** What is not as it was, or undefined. */
  difference(): string | undefined {
    return this.#loop() ?? this.#objects() ?? this.#processState();
  }

  #loop(): string | undefined {
    const open = process.getActiveResourcesInfo();
    if (open.length > this.#resources) {
      return `open resources: ${open.join(', ')}`;
    }
    const { _getActiveHandles, _getActiveRequests } = process as unknown as Handles;
    const requests = Reflect.apply(_getActiveRequests, process, []).length;
    const handles = Reflect.apply(_getActiveHandles, process, []).length;
    return requests + handles > 0 ? 'open handles' : undefined;
  }

  /** Object by object: a loop over pairs of object and key is ten times slower in V8. */
  #objects(): string | undefined {
    for (const { object, what, count, keys, values } of this.#members) {
      if (Reflect.ownKeys(object).length !== count) {
        return `properties of ${what}`;
      }
      for (let at = 0; at < keys.length; at++) {
        const key = keys[at] as string | symbol;
        if (!Object.is(object[key], values[at])) {
          return `${what}.${String(key)}`;
        }
      }
    }
    return undefined;
  }

  #processState(): string | undefined {
    const names = process.eventNames();
    for (const name of names) {
      if (process.listenerCount(name) !== (this.#listeners.get(name) ?? 0)) {
        return `listeners to ${String(name)} of process`;
      }
    }
    const keys = Object.keys(process.env);
    if (
      keys.length !== this.#environment.size ||
      keys.some((key) => process.env[key] !== this.#environment.get(key))
    ) {
      return 'process.env';
    }
    if (this.#modules.loadedFiles !== this.#moduleCount) {
      return 'module cache';
    }
    return process.cwd() === this.#directory ? undefined : 'working directory';
  }
}

/**
 * cleanliness.ts: is an environment as it was before its last instance? Taken stock of when the
 * library is loaded, compared when an instance has ended. Looks at what instances leave behind:
 *
 *   open handles and running requests of the event loop, timers, open files, hooks
 *   names and values of globals, of the built-in constructors and their prototypes, and of those
 *   of Node's modules that the library was given
 *   listeners of the process, process.env, the working directory, the module cache
 *
 * What the library keeps in its own modules is its own affair: under the isolation `instance` it is
 * shared by the owners of a slot, one after the other.
 */
import type { Modules } from './modules.js';
import { OpenFiles } from './open-files.js';

// What the check itself is made of, from before a library runs.
const { apply, getOwnPropertyDescriptor, getPrototypeOf, isExtensible, ownKeys } = Reflect;
const same = Object.is;

type Getter = (() => unknown) | undefined;

/** The own properties of an object: values, and accessors, which are not run. */
interface Members {
  readonly object: Record<string | symbol, unknown>;
  readonly what: string;
  readonly prototype: object | null;
  readonly extensible: boolean;
  readonly count: number;
  readonly keys: (string | symbol)[];
  readonly values: unknown[];
  readonly accessors: { readonly key: string | symbol; readonly get: Getter }[];
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

/** Of process: what a library may set, and what Node allocates a megabyte for to tell. */
const unwatched = new Set<string | symbol>(['exitCode', 'title']);

function stockOf(object: object, what: string): Members {
  const all = Reflect.ownKeys(object);
  const keys: (string | symbol)[] = [];
  const values: unknown[] = [];
  const accessors: Members['accessors'] = [];
  for (const key of all) {
    const property = Reflect.getOwnPropertyDescriptor(object, key);
    if (property === undefined || unwatched.has(key)) {
      continue;
    }
    if ('value' in property) {
      keys.push(key);
      values.push(property.value);
    } else {
      accessors.push({ key, get: property.get });
    }
  }
  return {
    object: object as Members['object'],
    what,
    prototype: Reflect.getPrototypeOf(object),
    extensible: Reflect.isExtensible(object),
    count: all.length,
    keys,
    values,
    accessors,
  };
}

/** Is it the accessor still? Node's lazy ones may have turned into what they give. */
function keepsAccessor(object: object, key: string | symbol, get: Getter): boolean {
  const now = getOwnPropertyDescriptor(object, key);
  if (now === undefined || now.get === get) {
    return now !== undefined;
  }
  return 'value' in now && get !== undefined && now.value === apply(get, object, []);
}

/** Objects of the language that no global names. */
function hiddenIntrinsics(): object[] {
  const prototypeOf = (object: object) => Reflect.getPrototypeOf(object) as object;
  const iterator = (values: Iterable<unknown>) => prototypeOf(values[Symbol.iterator]() as object);
  const generator = prototypeOf(function* () {});
  const asyncGenerator = prototypeOf(async function* () {});
  const typedArray = prototypeOf(Uint8Array);
  return [
    iterator([]),
    prototypeOf(iterator([])),
    iterator(new Map()),
    iterator(new Set()),
    iterator(''),
    generator,
    Reflect.get(generator, 'prototype') as object,
    asyncGenerator,
    Reflect.get(asyncGenerator, 'prototype') as object,
    prototypeOf(async () => undefined),
    typedArray,
    Reflect.get(typedArray, 'prototype') as object,
    console,
  ];
}

export class Cleanliness {
  readonly #members: Members[] = [];
  readonly #environment: Map<string, string | undefined>;
  readonly #listeners: Map<string | symbol, number>;
  readonly #modules: Modules;
  readonly #moduleCount: number;
  readonly #resources: number;
  readonly #directory: string;
  readonly #files = new OpenFiles();
  readonly #timers: number;

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
    for (const object of hiddenIntrinsics()) {
      this.#watch(object, 'a built-in prototype');
    }
    for (const [name, exports] of modules.taken) {
      this.#watchModule(name, exports);
    }
    modules.onTaken = (name, exports) => this.#watchModule(name, exports);
    this.#timers = modules.timers;
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

  /** What a module of Node exports, and the prototypes of its classes. */
  #watchModule(name: string, exports: unknown): void {
    if ((typeof exports !== 'object' || exports === null) && typeof exports !== 'function') {
      return;
    }
    this.#watch(exports, `module ${name}`);
    for (const value of [exports, ...(this.#members.at(-1)?.values ?? [])]) {
      const prototype = typeof value === 'function' ? value.prototype : undefined;
      if (typeof prototype === 'object' && Reflect.ownKeys(prototype).length > 1) {
        this.#watch(prototype, `a class of module ${name}`);
      }
    }
  }

  /** What is not as it was, or undefined. */
  difference(): string | undefined {
    return this.#objects() ?? this.#loop() ?? this.#processState();
  }

  #loop(): string | undefined {
    const open = process.getActiveResourcesInfo();
    if (open.length > this.#resources) {
      return `open resources: ${open.join(', ')}`;
    }
    if (this.#files.count > 0) {
      return 'open files';
    }
    if (this.#modules.timers > this.#timers) {
      return 'timers';
    }
    if (this.#modules.hooks.count > 0) {
      return 'asynchronous hooks';
    }
    const { _getActiveHandles, _getActiveRequests } = process as unknown as Handles;
    const requests = Reflect.apply(_getActiveRequests, process, []).length;
    const handles = Reflect.apply(_getActiveHandles, process, []).length;
    return requests + handles > 0 ? 'open handles' : undefined;
  }

  /**
   * First of all, and by nothing that an owner can have changed: no iterators, no methods. Object
   * by object: a loop over pairs of object and key is ten times slower in V8.
   */
  #objects(): string | undefined {
    for (let index = 0; index < this.#members.length; index++) {
      const members = this.#members[index] as Members;
      const { object, what, keys, values, accessors } = members;
      if (
        ownKeys(object).length !== members.count ||
        getPrototypeOf(object) !== members.prototype ||
        isExtensible(object) !== members.extensible
      ) {
        return `properties of ${what}`;
      }
      for (let at = 0; at < accessors.length; at++) {
        const { key, get } = accessors[at] as Members['accessors'][0];
        if (!keepsAccessor(object, key, get)) {
          return `${what}: an accessor`;
        }
      }
      for (let at = 0; at < keys.length; at++) {
        if (!same(object[keys[at] as string | symbol], values[at])) {
          return `${what}: a value`;
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

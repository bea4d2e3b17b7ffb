/**
 * modules.ts: how a library gets at modules. Builtins come by the require that Node gives an
 * embedder's first script. Node's own module system, which costs an environment more than a
 * millisecond, is loaded when something else is asked for: a file, a package, import().
 *
 * Modules that would reach into the host's process are refused on each of these ways.
 */
import { AsyncHooks } from './async-hooks.js';

/** The names of Node's public modules; put in when the bridge is bundled. */
declare const WEIR_PUBLIC_MODULES: readonly string[];

/** What Node gives an embedder: knows internal modules too, and names without a prefix only. */
type BuiltinRequire = (name: string) => unknown;

/** A module of Node's module system, with what is not in its types. */
interface CompilableModule {
  filename: string;
  readonly exports: unknown;
  _compile(code: string, filename: string): void;
}

export interface ModuleSystem {
  new (id: string): CompilableModule;
  createRequire(filename: string): NodeRequire;
  _load(request: string, ...rest: unknown[]): unknown;
  readonly _cache: Record<string, unknown>;
}

/** Node's timers of one duration: a ring, empty when it is its own next. */
interface TimerList {
  readonly _idleNext: unknown;
}

interface TimerLists {
  readonly timerListMap: Record<string, TimerList>;
}

const publicModules = new Set(WEIR_PUBLIC_MODULES);
const refusedModules = new Set(['child_process', 'cluster']);
const refusals = new Map<string, object>();

export class RefusedError extends Error {
  readonly code = 'ERR_WEIR_REFUSED';

  constructor(what: string) {
    super(`${what} is refused in a weir library: the process is the host's`);
    this.name = 'RefusedError';
  }
}

/** In place of a module that is refused: one whose functions say so. undefined for all others. */
export function refusedModule(request: unknown): object | undefined {
  const name = typeof request === 'string' ? bare(request) : '';
  if (!refusedModules.has(name)) {
    return undefined;
  }
  const refusal = refusals.get(name) ?? makeRefused(name);
  refusals.set(name, refusal);
  return refusal;
}

function makeRefused(name: string): object {
  const get = (_target: object, member: string | symbol) =>
    typeof member === 'symbol' || member === '__esModule' || member === 'then'
      ? undefined
      : () => {
          throw new RefusedError(`${name}.${member}`);
        };
  return new Proxy({}, { get });
}

/** What a module that is useful beside does to the whole process. */
const refusedMembers: Record<string, readonly string[]> = {
  os: ['setPriority'],
  v8: ['setFlagsFromString'],
};

function refuseMembers(name: string, exports: unknown): void {
  for (const member of refusedMembers[name] ?? []) {
    Reflect.set(exports as object, member, () => {
      throw new RefusedError(`${name}.${member}`);
    });
  }
}

function bare(request: string): string {
  return request.startsWith('node:') ? request.slice('node:'.length) : request;
}

export class Modules {
  readonly #builtin: BuiltinRequire;
  #system: ModuleSystem | undefined;
  #imported = 0;
  /** Those of Node's modules that the library was given. */
  readonly taken = new Map<string, unknown>();
  /** Told of each, before the library has it. */
  onTaken: ((name: string, exports: unknown) => void) | undefined;
  readonly hooks = new AsyncHooks();

  constructor(builtin: BuiltinRequire) {
    this.#builtin = builtin;
  }

  /** Files that have been loaded: none while nobody asked for the module system. */
  get loadedFiles(): number {
    const required = this.#system === undefined ? 0 : Object.keys(this.#system._cache).length;
    return required + this.#imported;
  }

  /** The timers that wait: those that keep no process alive as well. */
  get timers(): number {
    const { timerListMap } = this.#builtin('internal/timers') as TimerLists;
    let count = 0;
    for (const duration in timerListMap) {
      const list = timerListMap[duration] as TimerList;
      count += list._idleNext === list ? 0 : 1;
    }
    return count;
  }

  /** Node's module system. */
  get system(): ModuleSystem {
    if (this.#system === undefined) {
      const system = this.#builtin('module') as ModuleSystem;
      const load = system._load;
      system._load = (request, ...rest) =>
        refusedModule(request) ??
        this.#publicBuiltin(request) ??
        Reflect.apply(load, system, [request, ...rest]);
      this.#system = system;
    }
    return this.#system;
  }

  /** The require of the file `filename`. */
  requireOf(filename: string): NodeRequire {
    let full: NodeRequire | undefined;
    const inFull = () => {
      full ??= this.system.createRequire(filename);
      return full;
    };
    const require = (request: string) =>
      refusedModule(request) ?? this.#publicBuiltin(request) ?? inFull()(request);
    for (const member of ['resolve', 'cache', 'main', 'extensions']) {
      const get = () => Reflect.get(inFull(), member);
      Object.defineProperty(require, member, { get, enumerable: true });
    }
    return require as NodeRequire;
  }

  #publicBuiltin(request: unknown): unknown {
    const name = typeof request === 'string' ? bare(request) : '';
    if (!publicModules.has(name)) {
      return undefined;
    }
    const exports = name === 'module' ? this.system : this.#builtin(name);
    if (!this.taken.has(name)) {
      this.taken.set(name, exports);
      refuseMembers(name, exports);
      if (name === 'async_hooks') {
        this.hooks.watch(exports as Parameters<AsyncHooks['watch']>[0]);
      }
      this.onTaken?.(name, exports);
    }
    return exports;
  }

  /** The import() of a file: it works only in code that Node's own loader compiled. */
  importOf(filename: string): (specifier: string) => Promise<unknown> {
    let compiled: ((specifier: string) => Promise<unknown>) | undefined;
    return async (specifier) => {
      const refused = refusedModule(specifier);
      if (refused !== undefined) {
        throw new RefusedError(`import of ${specifier}`);
      }
      if (this.#publicBuiltin(specifier) === undefined) {
        this.#imported++;
      }
      compiled ??= this.#compileImport(filename);
      return compiled(specifier);
    };
  }

  #compileImport(filename: string): (specifier: string) => Promise<unknown> {
    const module = new this.system(filename);
    module.filename = filename;
    module._compile('module.exports = (specifier) => import(specifier);', filename);
    return module.exports as (specifier: string) => Promise<unknown>;
  }
}

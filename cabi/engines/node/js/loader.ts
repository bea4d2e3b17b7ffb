/**
 * loader.ts: runs a library's bundle as a CommonJS module, with V8's code cache where it fits this
 * very V8.
 */
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { type EngineLibrary, engineAbi } from '../../../../sdk/src/engine-abi.js';
import { refusedModule } from './guards.js';
import type { Native } from './native.js';

type Compiled = (
  exports: object,
  require: NodeRequire,
  module: { exports: object },
  filename: string,
  directory: string,
) => void;

interface ModuleClass {
  new (
    id: string,
  ): { filename: string; exports: unknown; _compile(code: string, file: string): void };
}

export class Loaded {
  readonly library: EngineLibrary;
  readonly #script: Script;
  #fits: boolean;

  constructor(native: Native) {
    const cache = native.codeCache();
    const importModule = makeImport(native.filename);
    this.#script = new Script(
      `(function (exports, require, module, __filename, __dirname) {${native.bundle()}\n})`,
      {
        filename: native.filename,
        cachedData: cache as Buffer | undefined,
        importModuleDynamically: importModule as never,
      },
    );
    this.#fits = cache !== undefined && this.#script.cachedDataRejected === false;
    this.library = run(this.#script, native.filename);
  }

  /** Once, where no code cache fitted: keep one, with all the functions that have run so far. */
  keepCodeCache(native: Native): void {
    if (!this.#fits) {
      this.#fits = true;
      native.keepCodeCache(this.#script.createCachedData());
    }
  }

  makeCodeCache(): Uint8Array {
    return this.#script.createCachedData();
  }
}

/** import() works only in code that Node's own loader compiled: this one line is. */
function makeImport(filename: string): (specifier: string) => Promise<unknown> {
  const module = new (Module as unknown as ModuleClass)(filename);
  module.filename = filename;
  module._compile('module.exports = (specifier) => import(specifier);', filename);
  const load = module.exports as (specifier: string) => Promise<unknown>;
  return async (specifier) => {
    const refused = refusedModule(specifier);
    return refused === undefined ? load(specifier) : { default: refused };
  };
}

function run(script: Script, filename: string): EngineLibrary {
  const module = { exports: {} as { weirLibrary?: EngineLibrary } };
  const compiled = script.runInThisContext() as Compiled;
  compiled(module.exports, createRequire(filename), module, filename, dirname(filename));
  const library = module.exports.weirLibrary;
  if (library === undefined || typeof library.create !== 'function') {
    throw new Error('the bundle exports no weirLibrary: build it with `weir build`');
  }
  if (library.abi !== engineAbi) {
    throw new Error(
      `the bundle is for version ${library.abi} of the engine's interface, this is ${engineAbi}`,
    );
  }
  return library;
}

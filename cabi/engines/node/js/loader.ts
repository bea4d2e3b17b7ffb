/**
 * loader.ts: runs a library's bundle as a CommonJS module, with V8's code cache where it fits this
 * very V8.
 */
import { dirname } from 'node:path';
import { Script } from 'node:vm';
import { type EngineLibrary, engineAbi } from '../../../../sdk/src/engine-abi.js';
import type { Modules } from './modules.js';
import type { Native } from './native.js';

type Compiled = (
  exports: object,
  require: NodeRequire,
  module: { exports: object },
  filename: string,
  directory: string,
) => void;

export class Loaded {
  readonly library: EngineLibrary;
  readonly #script: Script;
  #fits: boolean;

  constructor(native: Native, modules: Modules) {
    const cache = native.codeCache();
    this.#script = new Script(native.bundle(), {
      filename: native.filename,
      cachedData: cache as Buffer | undefined,
      importModuleDynamically: modules.importOf(native.filename) as never,
    });
    this.#fits = cache !== undefined && this.#script.cachedDataRejected === false;
    this.library = run(this.#script, native.filename, modules.requireOf(native.filename));
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

function run(script: Script, filename: string, require: NodeRequire): EngineLibrary {
  const module = { exports: {} as { weirLibrary?: EngineLibrary } };
  const compiled = script.runInThisContext() as Compiled;
  compiled(module.exports, require, module, filename, dirname(filename));
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

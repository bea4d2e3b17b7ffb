/** `defineLibrary`: where a library begins. */

import { contractOf } from '../contract/document.js';
import type { ContractDocument } from '../contract/types.js';
import type { EngineLibrary } from '../engine-abi.js';
import { adapt, type Code } from './adapter.js';
import { checkSpec } from './check-spec.js';
import type { Implementation, LibrarySpec } from './types.js';

/** A library, ready for `weir build`: make it the default export of its module. */
export interface Library<S extends LibrarySpec = LibrarySpec> {
  readonly name: string;
  readonly version: string;
  readonly spec: S;
  /** What the engine runs. */
  readonly engine: EngineLibrary;
  /** What hosts and generators know of the library. Made when first read. */
  readonly contract: ContractDocument;
}

/**
 * Define a library: what it takes and gives, and the code for it.
 *
 * @param spec name, version and schemas (Zod 4)
 * @param implementation handlers, whose types come from the schemas; `create` first, since the
 *   type of `call.state` comes from it
 * @throws TypeError when a part of the definition cannot be, such as a method without a handler
 */
export function defineLibrary<const S extends LibrarySpec, State = undefined>(
  spec: S,
  implementation: Implementation<S, State>,
): Library<S> {
  const code = implementation as unknown as Code;
  checkSpec(spec, code);
  let contract: ContractDocument | undefined;
  return {
    name: spec.name,
    version: spec.version,
    spec,
    engine: adapt(spec, code),
    get contract() {
      contract ??= contractOf(spec);
      return contract;
    },
  };
}

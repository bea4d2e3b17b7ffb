/** failure.ts: what a host is told of something thrown: by the library's own words, or by these. */
import type { EngineFailure, EngineLibrary } from '../../../../sdk/src/engine-abi.js';
import { status } from './native.js';

/** `name: message` of an error, anything else as a string. Never throws. */
export function describe(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return 'something that cannot be shown';
  }
}

/** A library that breaks its promise never to throw here still has an answer to give. */
export function failureOf(library: EngineLibrary | undefined, thrown: unknown): EngineFailure {
  try {
    const failure = library?.describeFailure(thrown);
    if (failure?.payload instanceof Uint8Array) {
      return failure.status > status.ok ? failure : { ...failure, status: status.handler };
    }
  } catch {
    // in words of our own
  }
  return { status: status.handler, payload: Buffer.from(describe(thrown)) };
}

/** @weir-ffi/sdk/testing: a library's own tests, fast and without native code. */

export type { CallOptions } from './calls.js';
export type { LoggedEvent } from './event-log.js';
export { type FailureExtra, RequestError, type Status } from './request-error.js';
export {
  type DestroyOptions,
  type TestContext,
  type TestOptions,
  testLibrary,
} from './test-library.js';

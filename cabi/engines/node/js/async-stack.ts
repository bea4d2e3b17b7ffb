/**
 * async-stack.ts: Node's own count of the callbacks that are inside one another. A handler that is
 * stopped leaves it without counting down; then it is set right from here and from src/stopper.cpp.
 */
import { openBinding } from './binding.js';

interface AsyncWrap {
  readonly async_hook_fields: Uint32Array;
  readonly async_id_fields: Float64Array;
  readonly constants: Record<'kStackLength' | 'kExecutionAsyncId' | 'kTriggerAsyncId', number>;
  clearAsyncIdStack(): void;
}

export class AsyncStack {
  readonly #wrap = openBinding<AsyncWrap>('async_wrap');

  /** What C++ needs to set it right in the moment when something is stopped. */
  where(): unknown[] {
    const { async_hook_fields, async_id_fields, constants } = this.#wrap;
    const { kStackLength, kExecutionAsyncId, kTriggerAsyncId } = constants;
    return [async_hook_fields, async_id_fields, kStackLength, kExecutionAsyncId, kTriggerAsyncId];
  }

  /** Nothing runs: forget the callbacks that were left. */
  clear(): void {
    this.#wrap.clearAsyncIdStack();
  }
}

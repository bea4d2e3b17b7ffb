/**
 * instance.ts: the one instance of an environment: its signal, and its events with back-pressure.
 */
import type { EngineInstance } from '../../../../sdk/src/engine-abi.js';
import { type Native, status } from './native.js';

interface Waiting {
  readonly name: string;
  readonly data: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

const emitted = Promise.resolve();
const gone = 'the context is being destroyed';

export class Instance implements EngineInstance {
  readonly #native: Native;
  #aborted = false;
  /** Made when somebody asks for the signal: most libraries never do. */
  #controller: AbortController | undefined;
  readonly #waiting: Waiting[] = [];

  constructor(native: Native) {
    this.#native = native;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted && !this.#controller.signal.aborted) {
      this.#controller.abort(abortReason());
    }
    return this.#controller.signal;
  }

  /** Events keep their order: while one waits, those after it do. */
  emit(name: string, data: Uint8Array): Promise<void> {
    if (this.#aborted) {
      return Promise.reject(new Error(gone)); // it may have another owner by now
    }
    if (this.#waiting.length === 0) {
      const result = this.#native.emit(name, data);
      if (result === status.ok) {
        return emitted;
      }
      if (result !== status.queueFull) {
        return Promise.reject(refused(result));
      }
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ name, data, resolve, reject });
    });
  }

  /** The host has taken events. */
  room(): void {
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0] as Waiting;
      const result = this.#native.emit(next.name, next.data);
      if (result === status.queueFull) {
        return;
      }
      this.#waiting.shift();
      if (result === status.ok) {
        next.resolve();
      } else {
        next.reject(refused(result));
      }
    }
  }

  abort(): void {
    if (this.#aborted) {
      return;
    }
    this.#aborted = true;
    this.#controller?.abort(abortReason());
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(new Error(gone));
    }
  }
}

function abortReason(): DOMException {
  return new DOMException(gone, 'AbortError');
}

function refused(result: number): Error {
  return Object.assign(new Error(`the event was refused (status ${result})`), {
    code: 'ERR_WEIR_EVENT_REFUSED',
  });
}

/**
 * calls.ts: runs batches of requests and notes their answers. The path of every request: one entry
 * into JavaScript a batch, no crossing a call, and nothing made that the handler does not ask for.
 */
import type { EngineCall, EngineInstance, EngineLibrary } from '../../../../sdk/src/engine-abi.js';
import { failureOf } from './failure.js';
import { largestStaged, layout, type Native, status, watching } from './native.js';

const empty = new Uint8Array(0);
const notBytes = "the handler's result is neither a Uint8Array nor undefined";

export class Calls {
  readonly #native: Native;
  readonly #header: Int32Array;
  readonly #requests: Uint32Array;
  readonly #answers: Uint32Array;
  readonly #input: Uint8Array;
  readonly #output: Uint8Array;
  readonly #watched = new Map<number, AbortController>();
  #library: EngineLibrary | undefined;
  #instance: EngineInstance | undefined;
  #state: unknown;

  constructor(native: Native) {
    this.#native = native;
    const { shared } = native;
    this.#header = new Int32Array(shared, layout.headerAt, 16);
    this.#requests = new Uint32Array(
      shared,
      layout.requestsAt,
      layout.mostRequests * layout.entryWords,
    );
    this.#answers = new Uint32Array(
      shared,
      layout.answersAt,
      layout.mostAnswers * layout.entryWords,
    );
    this.#input = new Uint8Array(shared, layout.inputAt, layout.inputBytes);
    this.#output = new Uint8Array(shared, layout.outputAt, layout.outputBytes);
  }

  /** Calls go to this instance from now on. */
  serve(library: EngineLibrary, instance: EngineInstance, state: unknown): void {
    this.#library = library;
    this.#instance = instance;
    this.#state = state;
  }

  forget(): void {
    this.#watched.clear();
    this.#instance = undefined;
    this.#state = undefined;
  }

  /** Run the staged requests from `first` (from 0) up to `count`. */
  run(first: number, count: number): void {
    for (let at = first; at < count; at++) {
      this.#header[layout.current] = at + 1;
      this.#runOne(at * layout.entryWords);
    }
    this.#header[layout.current] = 0;
  }

  #runOne(entry: number): void {
    const id = this.#requests[entry] as number;
    const method = this.#library?.methods[(this.#requests[entry + 1] as number) - 1];
    if (method === undefined) {
      this.#answer(id, status.ok, undefined); // it had its response before it could begin
      return;
    }
    let result: Uint8Array | undefined | Promise<Uint8Array | undefined>;
    try {
      const data = this.#dataOf(entry, id);
      const call = new Call(id, this, this.#instance as EngineInstance);
      result = method.handle(this.#state, data, call);
    } catch (thrown) {
      this.#fail(id, thrown);
      return;
    }
    if (result === undefined || result instanceof Uint8Array) {
      this.#answer(id, status.ok, result);
    } else {
      this.#answerLater(id, result);
    }
  }

  #answerLater(id: number, result: Promise<Uint8Array | undefined>): void {
    Promise.resolve(result).then(
      (value) => {
        if (value === undefined || value instanceof Uint8Array) {
          this.#answer(id, status.ok, value);
        } else {
          this.#fail(id, new TypeError(notBytes));
        }
      },
      (thrown) => this.#fail(id, thrown),
    );
  }

  #dataOf(entry: number, id: number): Uint8Array {
    const offset = this.#requests[entry + 2] as number;
    const length = this.#requests[entry + 3] as number;
    if (length === 0) {
      return empty;
    }
    if (offset === layout.large) {
      return this.#native.takeLarge(id);
    }
    // A copy: the handler may keep it, and the next batch comes into the same memory.
    return this.#input.slice(offset, offset + length);
  }

  #fail(id: number, thrown: unknown): void {
    const failure = failureOf(this.#library, thrown);
    this.#answer(id, failure.status, failure.payload);
  }

  #answer(id: number, result: number, data: Uint8Array | undefined): void {
    this.#watched.delete(id);
    const length = data === undefined ? 0 : data.length;
    if (length > largestStaged) {
      this.#native.flush();
      this.#native.answerLarge(id, result, data as Uint8Array);
      return;
    }
    const header = this.#header;
    if (
      header[layout.answers] === layout.mostAnswers ||
      (header[layout.answerBytes] as number) + length > layout.outputBytes
    ) {
      this.#native.flush();
    }
    const entry = (header[layout.answers] as number) * layout.entryWords;
    const offset = header[layout.answerBytes] as number;
    this.#answers[entry] = id;
    this.#answers[entry + 1] = result;
    this.#answers[entry + 2] = offset;
    this.#answers[entry + 3] = length;
    if (length !== 0) {
      this.#output.set(data as Uint8Array, offset);
      header[layout.answerBytes] = offset + length;
    }
    header[layout.answers] = (header[layout.answers] as number) + 1;
  }

  /** The signal of a call whose handler asked for it. */
  watch(id: number): AbortSignal {
    const controller = new AbortController();
    const state = this.#native.watchCancel(id);
    if (state === watching.watched) {
      this.#watched.set(id, controller);
    } else if (state === watching.canceled) {
      controller.abort(canceled());
    }
    return controller.signal;
  }

  cancel(id: number): void {
    const controller = this.#watched.get(id);
    if (controller !== undefined) {
      this.#watched.delete(id);
      controller.abort(canceled());
    }
  }

  deadline(id: number): number | undefined {
    const left = this.#native.remaining(id);
    return left < 0 ? undefined : Date.now() + left;
  }
}

function canceled(): DOMException {
  return new DOMException('the call was canceled', 'AbortError');
}

class Call implements EngineCall {
  readonly #id: number;
  readonly #calls: Calls;
  readonly instance: EngineInstance;
  #signal: AbortSignal | undefined;

  constructor(id: number, calls: Calls, instance: EngineInstance) {
    this.#id = id;
    this.#calls = calls;
    this.instance = instance;
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#calls.watch(this.#id);
    return this.#signal;
  }

  get deadline(): number | undefined {
    return this.#calls.deadline(this.#id);
  }
}

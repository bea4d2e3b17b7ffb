/**
 * open-files.ts: the files that are open in an environment, by number or as a FileHandle. Node
 * closes them with the environment only; an instance that leaves one open is not clean.
 */
import { openBinding } from './binding.js';

interface Request {
  oncomplete(error: unknown, descriptor: number): void;
}

interface Handle {
  readonly fd: number; // negative when it is closed
}

type Native = (...values: unknown[]) => unknown;

interface FileBinding {
  open: Native;
  close: Native;
  openFileHandle: Native;
}

/** Handles that nobody has any more are looked for when this many were opened since. */
const tidyEach = 64;

export class OpenFiles {
  readonly #numbers = new Set<unknown>();
  #handles: WeakRef<Handle>[] = [];
  #tidyAt = tidyEach;

  constructor() {
    const binding = openBinding<FileBinding>('fs');
    const { open, close, openFileHandle } = binding;
    binding.open = (...values) => this.#opened(Reflect.apply(open, binding, values), values[3]);
    binding.close = (...values) => {
      this.#numbers.delete(values[0]);
      return Reflect.apply(close, binding, values);
    };
    binding.openFileHandle = (...values) => {
      const result = Reflect.apply(openFileHandle, binding, values);
      if (result instanceof Promise) {
        result.then((handle: Handle) => this.#keep(handle)).catch(() => undefined);
      }
      return result;
    };
  }

  /** `result` is the number; or it comes to `request`, before anybody else can have it. */
  #opened(result: unknown, request: unknown): unknown {
    if (typeof result === 'number') {
      this.#numbers.add(result);
    } else if (typeof (request as Request | undefined)?.oncomplete === 'function') {
      const asked = request as Request;
      const tell = asked.oncomplete;
      asked.oncomplete = (error, descriptor) => {
        if (!error) {
          this.#numbers.add(descriptor);
        }
        Reflect.apply(tell, asked, [error, descriptor]);
      };
    }
    return result;
  }

  #keep(handle: Handle): void {
    this.#handles.push(new WeakRef(handle));
    if (this.#handles.length >= this.#tidyAt) {
      this.#tidy();
      this.#tidyAt = this.#handles.length + tidyEach;
    }
  }

  #tidy(): void {
    this.#handles = this.#handles.filter((handle) => (handle.deref()?.fd ?? -1) >= 0);
  }

  get count(): number {
    if (this.#handles.length > 0) {
      this.#tidy();
    }
    return this.#numbers.size + this.#handles.length;
  }
}

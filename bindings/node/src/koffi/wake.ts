/**
 * wake.ts: tells JavaScript that the queue has become non-empty.
 *
 * Guarantees
 *   - `ready` runs on the event loop, once for a byte that the core sent
 *   - it keeps the process alive between `ref` and `unref` only
 *   - no thread of weir enters JavaScript or waits for it; when the environment ends, Node closes
 *     the socket, and what the core sends afterwards goes nowhere
 */

import { Socket } from 'node:net';

/** Bytes that are read at once. What they are does not matter. */
const READ_SIZE = 64;

export class Wake {
  readonly #socket: Socket;

  /** @param descriptor of a stream socket, which is the wake's from now on */
  constructor(descriptor: number, ready: () => void) {
    const onread = {
      buffer: new Uint8Array(READ_SIZE),
      callback: (): boolean => {
        ready();
        return true;
      },
    };
    const options = { fd: descriptor, readable: true, writable: false, onread };
    this.#socket = new Socket(options);
    this.#socket.unref();
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }
}

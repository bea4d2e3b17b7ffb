/** outbox.ts: requests, written into the buffer that the addon sends from. */

import { aligned, OUTGOING_HEAD } from './layout.js';

export class Outbox {
  readonly memory: ArrayBuffer;
  /** Bytes that wait; a multiple of 8. */
  used = 0;
  private readonly doubles: Float64Array;
  private readonly words: Uint32Array;
  private readonly bytes: Uint8Array;

  constructor(size: number) {
    this.memory = new ArrayBuffer(size);
    this.doubles = new Float64Array(this.memory);
    this.words = new Uint32Array(this.memory);
    this.bytes = new Uint8Array(this.memory);
  }

  /** @returns whether there was room */
  add(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): boolean {
    const { used, words } = this;
    const { length } = payload;
    const end = used + OUTGOING_HEAD + aligned(length);
    if (end > this.bytes.length) return false;
    this.doubles[used >> 3] = context;
    const word = (used >> 2) + 2;
    words[word] = owner;
    words[word + 1] = method;
    words[word + 2] = timeoutMs;
    words[word + 3] = length;
    if (length > 0) this.bytes.set(payload, used + OUTGOING_HEAD);
    this.used = end;
    return true;
  }
}

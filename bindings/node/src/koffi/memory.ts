/**
 * memory.ts: memory that JavaScript and the core both read and write.
 *
 * Guarantees
 *   - it begins zeroed, never moves, and lives as long as its object
 * Assumes
 *   - addresses and values are below 2^53: addresses of user space are, and so are weir's handles
 */

import { Fields } from '../abi/fields.js';
import type { Layout } from '../abi/layout.js';
import type { Koffi } from './koffi.js';

export const BYTES_PER_WORD = 4;
const WORD_RANGE = 2 ** 32;

export class Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory in words of 32 bits. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly address: number;

  /** @param size in bytes, a multiple of 4 */
  constructor(koffi: Koffi, size: number) {
    const buffer = new ArrayBuffer(size);
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
    this.address = Number(koffi.address(this.bytes));
  }

  /** @param word index of its first word */
  readLong(word: number): number {
    return (this.words[word] as number) + (this.words[word + 1] as number) * WORD_RANGE;
  }

  readBigLong(word: number): bigint {
    const high = BigInt(this.words[word + 1] as number);
    return (high << 32n) | BigInt(this.words[word] as number);
  }

  writeLong(word: number, value: number): void {
    this.words[word] = value;
    this.words[word + 1] = value / WORD_RANGE;
  }

  writeBigLong(word: number, value: bigint): void {
    this.words[word] = Number(value & 0xffff_ffffn);
    this.words[word + 1] = Number(value >> 32n);
  }
}

/** One struct in memory of its own, whose address the core is given. */
export class Struct<Name extends string> extends Fields<Name> {
  readonly memory: Memory;

  constructor(koffi: Koffi, layout: Layout<Name>) {
    const memory = new Memory(koffi, layout.size);
    super(layout, memory.words);
    this.memory = memory;
  }

  get address(): number {
    return this.memory.address;
  }
}

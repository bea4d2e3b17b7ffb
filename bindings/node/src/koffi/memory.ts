/**
 * memory.ts: memory that JavaScript and the core both read and write.
 *
 * Guarantees
 *   - it begins zeroed, never moves, and lives as long as its object
 * Assumes
 *   - addresses and values are below 2^53: addresses of user space are, and so are weir's handles
 */

import type { Koffi } from './koffi.js';
import type { Layout } from './layout.js';

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

/** One struct in memory of its own, with `struct_size` filled in where it has one. */
export class Struct<Name extends string> {
  readonly memory: Memory;

  constructor(
    koffi: Koffi,
    readonly layout: Layout<Name>,
  ) {
    this.memory = new Memory(koffi, layout.size);
    if ('structSize' in layout.offset) {
      this.memory.words[0] = layout.size;
    }
  }

  get address(): number {
    return this.memory.address;
  }

  get(name: Name): number {
    const word = this.#wordOf(name);
    switch (this.layout.width[name]) {
      case 'u32':
        return this.memory.words[word] as number;
      case 'i32':
        return (this.memory.words[word] as number) | 0;
      default:
        return this.memory.readLong(word);
    }
  }

  /** @param value within the width of the field */
  set(name: Name, value: number): void {
    const word = this.#wordOf(name);
    const width = this.layout.width[name];
    if (width === 'u32' || width === 'i32') {
      this.memory.words[word] = value;
    } else {
      this.memory.writeLong(word, value);
    }
  }

  /** All fields that are numbers, but its size. */
  read(): Record<Exclude<Name, 'structSize'>, number> {
    const names = this.layout.names.filter((name) => name !== 'structSize');
    return Object.fromEntries(names.map((name) => [name, this.get(name)])) as ReturnType<
      this['read']
    >;
  }

  #wordOf(name: Name): number {
    return this.layout.offset[name] / BYTES_PER_WORD;
  }
}

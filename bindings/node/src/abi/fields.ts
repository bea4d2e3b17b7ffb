/** fields.ts: the fields of one struct of the core, read and written by their names. */

import type { Layout } from './layout.js';

const BYTES_PER_WORD = 4;
const WORD_RANGE = 2 ** 32;

export class Fields<Name extends string> {
  /**
   * @param words the memory of the struct, of its own unless given; `struct_size` is filled in
   *   where the struct has one
   */
  constructor(
    readonly layout: Layout<Name>,
    readonly words: Uint32Array<ArrayBuffer> = new Uint32Array(layout.size / BYTES_PER_WORD),
  ) {
    if ('structSize' in layout.offset) {
      words[0] = layout.size;
    }
  }

  get(name: Name): number {
    const word = this.#wordOf(name);
    const low = this.words[word] as number;
    switch (this.layout.width[name]) {
      case 'u32':
        return low;
      case 'i32':
        return low | 0;
      default:
        return low + (this.words[word + 1] as number) * WORD_RANGE;
    }
  }

  /** @param value within the width of the field, and below 2^53 */
  set(name: Name, value: number): void {
    const word = this.#wordOf(name);
    const width = this.layout.width[name];
    this.words[word] = value;
    if (width !== 'u32' && width !== 'i32') {
      this.words[word + 1] = value / WORD_RANGE;
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

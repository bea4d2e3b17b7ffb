/**
 * json.ts: JSON text to a value, for documents that come from anywhere.
 *
 * Guarantees, for any text: a value, or a ContractError with the byte offset; bounded in bytes and
 * depth; a property that occurs twice is refused, since readers would differ on which counts.
 */

import { Buffer, isUtf8 } from 'node:buffer';
import { ContractError } from './error.js';
import type { Json } from './types.js';

/** Bytes of a contract: thousands of methods fit. */
export const BYTES_MAX = 1024 * 1024;
/** Arrays and objects within each other. */
export const DEPTH_MAX = 64;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SPACE = /[ \t\n\r]*/y;
const WORDS: [string, Json][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class Reader {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  document(): Json {
    const value = this.value();
    this.take(SPACE);
    if (this.at < this.text.length) this.refuse('more after the document');
    return value;
  }

  private refuse(why: string, at = this.at): never {
    const offset = Buffer.byteLength(this.text.slice(0, at));
    throw new ContractError(`not JSON: ${why} at byte ${offset}`, undefined, offset);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Whether the next character, after space, is this one; takes it then. */
  private next(character: string): boolean {
    this.take(SPACE);
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private value(): Json {
    this.take(SPACE);
    switch (this.text[this.at]) {
      case '{':
        return this.within(() => this.object());
      case '[':
        return this.within(() => this.array());
      case '"':
        return this.string();
      default:
        return this.plain();
    }
  }

  private within<T>(read: () => T): T {
    if (this.depth === DEPTH_MAX) this.refuse(`nested deeper than ${DEPTH_MAX}`);
    this.depth++;
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private plain(): Json {
    for (const [word, value] of WORDS) {
      if (!this.text.startsWith(word, this.at)) continue;
      this.at += word.length;
      return value;
    }
    const begin = this.at;
    const digits = this.take(NUMBER);
    if (digits === undefined) {
      this.refuse(begin === this.text.length ? 'it ends early' : 'no value');
    }
    const number = Number(digits);
    if (!Number.isFinite(number)) this.refuse('a number beyond all bounds', begin);
    return number;
  }

  private string(): string {
    const begin = this.at;
    const quoted = this.take(STRING);
    if (quoted === undefined) this.refuse('a text that is not closed, or what it cannot hold');
    const text = JSON.parse(quoted) as string;
    if (/\p{Surrogate}/u.test(text)) this.refuse('a lone surrogate', begin);
    return text;
  }

  private array(): Json[] {
    const values: Json[] = [];
    if (this.next(']')) return values;
    do values.push(this.value());
    while (this.next(','));
    if (!this.next(']')) this.refuse('no , or ]');
    return values;
  }

  private object(): { [key: string]: Json } {
    const object: { [key: string]: Json } = {};
    if (this.next('}')) return object;
    do {
      this.take(SPACE);
      const begin = this.at;
      if (this.text[begin] !== '"') this.refuse('no name of a property');
      const key = this.string();
      if (Object.hasOwn(object, key)) this.refuse('a property that occurs twice', begin);
      if (!this.next(':')) this.refuse('no :');
      const described = { value: this.value(), enumerable: true, writable: true };
      Object.defineProperty(object, key, { ...described, configurable: true });
    } while (this.next(','));
    if (!this.next('}')) this.refuse('no , or }');
    return object;
  }
}

/** Where bytes stop being UTF-8. */
function invalidUtf8At(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    let cut = middle;
    // Whole code points only: go back to where one begins.
    while (cut > good && ((bytes[cut] as number) & 0xc0) === 0x80) cut--;
    if (cut > good && isUtf8(bytes.subarray(good, cut))) good = cut;
    else if (cut > good) bad = cut;
    else break;
  }
  return good;
}

/** @throws ContractError with an offset */
export function readJson(source: string | Uint8Array): Json {
  const size = typeof source === 'string' ? source.length : source.byteLength;
  if (size > BYTES_MAX) {
    throw new ContractError(`longer than ${BYTES_MAX} bytes`, undefined, BYTES_MAX);
  }
  if (typeof source !== 'string' && !isUtf8(source)) {
    const offset = invalidUtf8At(source);
    throw new ContractError(`not UTF-8 at byte ${offset}`, undefined, offset);
  }
  const text = typeof source === 'string' ? source : Buffer.from(source).toString();
  if (typeof source === 'string' && Buffer.byteLength(source) > BYTES_MAX) {
    throw new ContractError(`longer than ${BYTES_MAX} bytes`, undefined, BYTES_MAX);
  }
  return new Reader(text).document();
}

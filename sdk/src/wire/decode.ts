/**
 * decode.ts: one CBOR item (RFC 8949) to a JavaScript value.
 *
 * Guarantees, for any bytes
 *   - a value, or a WireError with the offset of the item that offends; nothing else is thrown
 *   - work and memory are proportional to the number of bytes, the stack is bounded by DEPTH_MAX
 *   - integers that a number cannot hold exactly are bigint, all others are number; -0, NaN and the
 *     infinities stay what they are
 *   - maps are plain objects, `__proto__` is a property like any other; a key that is not text or
 *     occurs twice is refused, and so are tags (but bignums), text that is not UTF-8, and bytes
 *     after the item
 *   - byte strings are copies: the value keeps nothing of the input
 * Indefinite lengths are read, though `encode` never writes them.
 */

import { Buffer } from 'node:buffer';
import { WireError } from './error.js';
import { BIGNUM_BYTES_MAX, DEPTH_MAX } from './limits.js';
import { asciiText, utf8Text } from './text.js';

/** What `read` gives at the end of an indefinite length. */
const BREAK = Symbol('break');
/** The length of an item whose end is a break. */
const INDEFINITE = -1;

let source: Uint8Array = new Uint8Array();
let position = 0;
let depth = 0;
/** Where the item that is being read begins: what an error names. */
let item = 0;

function refuse(why: string, offset = item): never {
  throw new WireError(`not valid CBOR: ${why} at byte ${offset}`, undefined, offset);
}

function need(count: number): void {
  if (count > source.length - position) refuse(`ends before ${count} more bytes`, position);
}

/** Bytes become floats here: a DataView for each payload would cost more than all the rest. */
const scratch = new DataView(new ArrayBuffer(8));

function take32(): number {
  need(4);
  const high = ((source[position] as number) << 8) | (source[position + 1] as number);
  const low = ((source[position + 2] as number) << 8) | (source[position + 3] as number);
  position += 4;
  return high * 0x10000 + low;
}

/** The argument of a head: a safe integer, a bigint beyond those, or INDEFINITE. */
function readArgument(info: number): number | bigint {
  if (info < 24) return info;
  switch (info) {
    case 24:
      need(1);
      return source[position++] as number;
    case 25:
      need(2);
      position += 2;
      return ((source[position - 2] as number) << 8) | (source[position - 1] as number);
    case 26:
      return take32();
    case 27: {
      const high = take32();
      const low = take32();
      if (high < 0x200000) return high * 0x100000000 + low;
      return (BigInt(high) << 32n) | BigInt(low);
    }
    case 31:
      return INDEFINITE;
    default:
      return refuse('a reserved length');
  }
}

/** The argument as a count, which must fit into what is left at `least` bytes a piece. */
function readCount(info: number, least: number): number {
  const count = readArgument(info);
  if (typeof count === 'bigint' || count * least > source.length - position) {
    refuse('a length that goes beyond the end');
  }
  return count as number;
}

function readInteger(negative: boolean, info: number): number | bigint {
  const value = readArgument(info);
  if (value === INDEFINITE) refuse('an integer of indefinite length');
  if (!negative) return value;
  if (typeof value === 'bigint') return -1n - value;
  // -1 - (2^53 - 1) is the one argument that is a safe integer without its result being one.
  return value === Number.MAX_SAFE_INTEGER ? -1n - BigInt(value) : -1 - value;
}

function readHalf(): number {
  need(2);
  const bits = ((source[position] as number) << 8) | (source[position + 1] as number);
  position += 2;
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function readSimple(info: number): unknown {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return undefined;
    case 25:
      return readHalf();
    case 26:
      scratch.setUint32(0, take32());
      return scratch.getFloat32(0);
    case 27:
      scratch.setUint32(0, take32());
      scratch.setUint32(4, take32());
      return scratch.getFloat64(0);
    case 31:
      return BREAK;
    default:
      return refuse('a simple value without a meaning');
  }
}

/** Calls `take` with the start and end of each chunk of a byte or text string. */
function eachChunk(major: number, take: (start: number, end: number) => void): void {
  for (;;) {
    need(1);
    item = position;
    const head = source[position++] as number;
    if (head === 0xff) return;
    if (head >> 5 !== major || (head & 0x1f) === 31) refuse('a chunk of another kind');
    const length = readCount(head & 0x1f, 1);
    take(position, position + length);
    position += length;
  }
}

/** A Uint8Array with memory of its own, though the source may be a Buffer. */
const copy = (start: number, end: number): Uint8Array =>
  new Uint8Array(source.subarray(start, end));

function readBytes(info: number): Uint8Array {
  const length = readCount(info, 1);
  if (length !== INDEFINITE) {
    position += length;
    return copy(position - length, position);
  }
  const chunks: Uint8Array[] = [];
  eachChunk(2, (start, end) => chunks.push(source.subarray(start, end)));
  return new Uint8Array(Buffer.concat(chunks));
}

/** Strings that came lately, by a hash of their bytes: keys come again and again. */
const CACHE_SLOTS = 512;
const CACHED_LENGTH_MAX = 24;
const cache: string[] = new Array<string>(CACHE_SLOTS).fill('');

/** Whether `text`, which is ASCII, has the bytes from `start` on. */
function matches(text: string, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let index = 0; index < length; index++) {
    if (text.charCodeAt(index) !== source[start + index]) return false;
  }
  return true;
}

function sliceText(start: number, end: number): string {
  const length = end - start;
  if (length > CACHED_LENGTH_MAX) {
    return utf8Text(source, start, end) ?? refuse('text that is not UTF-8');
  }
  let hash = length;
  let bits = 0;
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    bits |= byte;
    hash = (hash * 31 + byte) | 0;
  }
  if (bits > 0x7f) return utf8Text(source, start, end) ?? refuse('text that is not UTF-8');
  const slot = hash & (CACHE_SLOTS - 1);
  const known = cache[slot] as string;
  if (matches(known, start, length)) return known;
  const text = asciiText(source, start, end);
  cache[slot] = text;
  return text;
}

function readText(info: number): string {
  const length = readCount(info, 1);
  if (length !== INDEFINITE) {
    position += length;
    return sliceText(position - length, position);
  }
  const chunks: string[] = [];
  eachChunk(3, (start, end) => chunks.push(sliceText(start, end)));
  return chunks.join('');
}

function enter(): void {
  if (depth === DEPTH_MAX) refuse(`nested deeper than ${DEPTH_MAX}`);
  depth++;
}

function readArray(info: number): unknown[] {
  enter();
  const count = readCount(info, 1);
  const values: unknown[] = [];
  for (let index = 0; index !== count; index++) {
    const value = read();
    if (value === BREAK) {
      if (count === INDEFINITE) break;
      refuse('a break within a counted array');
    }
    values.push(value);
  }
  depth--;
  return values;
}

const owns = Object.prototype.hasOwnProperty;

function setProperty(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') {
    object[key] = value;
    return;
  }
  // An assignment would change what the object inherits from.
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function readMap(info: number): Record<string, unknown> {
  enter();
  const count = readCount(info, 2);
  const object: Record<string, unknown> = {};
  for (let index = 0; index !== count; index++) {
    const keyAt = position;
    const key = read();
    if (key === BREAK && count === INDEFINITE) break;
    if (typeof key !== 'string') refuse('a key that is not text', keyAt);
    if (owns.call(object, key)) refuse('a key that occurs twice', keyAt);
    const value = read();
    if (value === BREAK) refuse('a key without a value', keyAt);
    setProperty(object, key, value);
  }
  depth--;
  return object;
}

function readTagged(info: number): bigint | number {
  const at = item;
  const tag = readArgument(info);
  if (tag !== 2 && tag !== 3) refuse(`tag ${tag}`);
  need(1);
  item = position;
  const head = source[position++] as number;
  if (head >> 5 !== 2) refuse('a bignum that is not of bytes');
  const bytes = readBytes(head & 0x1f);
  if (bytes.length > BIGNUM_BYTES_MAX) refuse(`a bignum of over ${BIGNUM_BYTES_MAX} bytes`, at);
  const argument = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
  const value = tag === 2 ? argument : -1n - argument;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function read(): unknown {
  need(1);
  item = position;
  const head = source[position++] as number;
  const info = head & 0x1f;
  switch (head >> 5) {
    case 0:
      return readInteger(false, info);
    case 1:
      return readInteger(true, info);
    case 2:
      return readBytes(info);
    case 3:
      return readText(info);
    case 4:
      return readArray(info);
    case 5:
      return readMap(info);
    case 6:
      return readTagged(info);
    default:
      return readSimple(info);
  }
}

/**
 * Decode one value. The input may be written again once this returns.
 *
 * @throws WireError with an `offset`, when the bytes are not one valid item.
 */
export function decode(bytes: Uint8Array): unknown {
  source = bytes;
  position = 0;
  depth = 0;
  try {
    const value = read();
    if (value === BREAK) refuse('a break outside of an indefinite length');
    if (position !== bytes.length) refuse('bytes after the item', position);
    return value;
  } finally {
    // What is kept here would live until the next payload.
    source = EMPTY;
  }
}

const EMPTY = new Uint8Array();

/**
 * encode.ts: a JavaScript value to one CBOR item (RFC 8949).
 *
 * Guarantees
 *   - integers take their shortest form; a number is an integer when it is a safe one (not -0), and
 *     a float64 otherwise; a bigint is an integer of at most 64 bits
 *   - properties that are undefined are left out; keys keep the order of the object
 *   - text is UTF-8; a lone surrogate is refused, as are dates, maps, functions and all else that
 *     JSON Schema does not know, each with its path
 *   - the result belongs to the caller: these bytes are never written again
 * Assumes that no getter of the value encodes something itself.
 */

import { Buffer } from 'node:buffer';
import { jsonPointer, WireError } from './error.js';
import { DEPTH_MAX } from './limits.js';
import { isWellFormed } from './text.js';

/** Results are cut from chunks of this size, in bytes, so that a small one costs no allocation. */
const CHUNK_BYTES = 16_384;
/** Free bytes with which a chunk is still worth beginning in. */
const CHUNK_REST_MIN = 512;
/** Text up to this length, in UTF-16 units, is written here: a native call costs more. */
const SHORT_TEXT = 40;
/** No header and no number needs more bytes. */
const HEADER_MAX = 9;

let target: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
let view = new DataView(target.buffer, target.byteOffset, target.byteLength);
let start = 0;
let position = 0;
let depth = 0;
/** The keys on the way to where the encoder is; those below `depth` are valid. */
const path: (string | number)[] = [];

function use(buffer: Buffer): void {
  target = buffer;
  view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Make room for `more` bytes; what is written so far of this item moves along. */
function reserve(more: number): void {
  if (position + more <= target.length) return;
  const written = position - start;
  const larger = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, 2 * (written + more)));
  target.copy(larger, 0, start, position);
  use(larger);
  start = 0;
  position = written;
}

function refuse(why: string): never {
  const where = jsonPointer(path.slice(0, depth));
  throw new WireError(`${where === '' ? '' : `${where}: `}${why}`, where, undefined);
}

/** The head of an item: major type in the upper three bits of `major`, then a 53-bit argument. */
function writeHead(major: number, argument: number): void {
  reserve(HEADER_MAX);
  if (argument < 24) {
    target[position++] = major | argument;
  } else if (argument < 0x100) {
    target[position++] = major | 24;
    target[position++] = argument;
  } else if (argument < 0x10000) {
    target[position++] = major | 25;
    view.setUint16(position, argument);
    position += 2;
  } else if (argument < 0x100000000) {
    target[position++] = major | 26;
    view.setUint32(position, argument);
    position += 4;
  } else {
    target[position++] = major | 27;
    view.setUint32(position, Math.floor(argument / 0x100000000));
    view.setUint32(position + 4, argument >>> 0);
    position += 8;
  }
}

function writeNumber(value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    if (value >= 0) writeHead(0x00, value);
    else writeHead(0x20, -1 - value);
    return;
  }
  reserve(HEADER_MAX);
  target[position++] = 0xfb;
  // Every NaN has the same bytes, whatever its payload was.
  view.setFloat64(position, Number.isNaN(value) ? Number.NaN : value);
  position += 8;
}

function writeBigint(value: bigint): void {
  const negative = value < 0n;
  const argument = negative ? -1n - value : value;
  if (argument <= BigInt(Number.MAX_SAFE_INTEGER)) {
    writeHead(negative ? 0x20 : 0x00, Number(argument));
    return;
  }
  if (argument > 0xffff_ffff_ffff_ffffn) refuse('an integer beyond 64 bits');
  reserve(HEADER_MAX);
  target[position++] = negative ? 0x3b : 0x1b;
  view.setBigUint64(position, argument);
  position += 8;
}

/** Writes short ASCII text; false, with nothing written, when it is not that. */
function writeAscii(value: string): boolean {
  const { length } = value;
  reserve(length + HEADER_MAX);
  let at = length < 24 ? position + 1 : position + 2;
  for (let index = 0; index < length; index++) {
    const unit = value.charCodeAt(index);
    if (unit > 0x7f) return false;
    target[at++] = unit;
  }
  if (length < 24) {
    target[position] = 0x60 | length;
  } else {
    target[position] = 0x78;
    target[position + 1] = length;
  }
  position = at;
  return true;
}

function writeText(value: string): void {
  if (value.length <= SHORT_TEXT && writeAscii(value)) return;
  const bytes = Buffer.byteLength(value);
  if (bytes !== value.length && !isWellFormed(value)) refuse('text with a lone surrogate');
  reserve(bytes + HEADER_MAX);
  writeHead(0x60, bytes);
  target.utf8Write(value, position, bytes);
  position += bytes;
}

function writeBytes(value: Uint8Array): void {
  reserve(value.length + HEADER_MAX);
  writeHead(0x40, value.length);
  target.set(value, position);
  position += value.length;
}

function enter(): number {
  if (depth === DEPTH_MAX) refuse(`nested deeper than ${DEPTH_MAX}, or in a circle`);
  return depth++;
}

function writeArray(values: readonly unknown[]): void {
  const level = enter();
  writeHead(0x80, values.length);
  for (let index = 0; index < values.length; index++) {
    path[level] = index;
    const value = values[index];
    if (value === undefined) refuse('undefined in an array');
    write(value);
  }
  depth = level;
}

const headBytes = (count: number): number =>
  count < 24 ? 1 : count < 0x100 ? 2 : count < 0x10000 ? 3 : 5;

/** Correct the count of a map whose head was written for `guess` entries. */
function recount(from: number, guess: number, count: number): void {
  const end = position;
  const body = from + headBytes(guess);
  position = from;
  writeHead(0xa0, count);
  target.copyWithin(position, body, end);
  position += end - body;
}

function writeMap(object: Record<string, unknown>): void {
  const level = enter();
  const keys = Object.keys(object);
  const from = position - start;
  writeHead(0xa0, keys.length);
  let count = 0;
  for (const key of keys) {
    const value = object[key];
    if (value === undefined) continue;
    path[level] = key;
    writeText(key);
    write(value);
    count++;
  }
  if (count !== keys.length) recount(start + from, keys.length, count);
  depth = level;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  // The Object.prototype of another realm, such as that of a test environment.
  return (
    Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf')
  );
}

function writeObject(value: object): void {
  if (Array.isArray(value)) writeArray(value);
  else if (value instanceof Uint8Array) writeBytes(value);
  else if (isPlain(value)) writeMap(value as Record<string, unknown>);
  else if (value instanceof Date) refuse('a Date: use text or a number');
  else refuse(`neither a plain object, an array nor bytes: ${nameOfClass(value)}`);
}

function nameOfClass(value: object): string {
  const { name } = (value.constructor ?? {}) as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : 'an object with a prototype';
}

function write(value: unknown): void {
  switch (typeof value) {
    case 'string':
      writeText(value);
      break;
    case 'number':
      writeNumber(value);
      break;
    case 'boolean':
      reserve(1);
      target[position++] = value ? 0xf5 : 0xf4;
      break;
    case 'object':
      if (value === null) {
        reserve(1);
        target[position++] = 0xf6;
      } else {
        writeObject(value);
      }
      break;
    case 'bigint':
      writeBigint(value);
      break;
    default:
      refuse(`a ${typeof value}`);
  }
}

/**
 * Encode one value.
 *
 * @throws WireError with a `path`, when a part of the value has no form on the wire.
 * @example
 * encode({ count: 1, text: undefined }) // a1 65 63 6f 75 6e 74 01
 */
export function encode(value: unknown): Uint8Array {
  if (target.length > CHUNK_BYTES || target.length - position < CHUNK_REST_MIN) {
    use(Buffer.allocUnsafeSlow(CHUNK_BYTES));
    position = 0;
  }
  start = position;
  depth = 0;
  write(value);
  return target.subarray(start, position);
}

/** Text as UTF-8: which strings have such a form, and fast readers of bytes. */

import { Buffer, isUtf8 } from 'node:buffer';

/** Buffer has these since ever; its published types leave them out. */
declare module 'node:buffer' {
  interface Buffer {
    utf8Write(text: string, offset: number, length: number): number;
    utf8Slice(start: number, end: number): string;
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether each surrogate of a string is half of a pair, so that it can be UTF-8. */
export const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text);

const { utf8Slice } = Buffer.prototype;

/** Text of bytes that are known to be ASCII and few. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  const units = new Array<number>(end - start);
  for (let at = start; at < end; at++) units[at - start] = bytes[at] as number;
  return String.fromCharCode.apply(undefined, units);
}

/** Text of bytes, or undefined when they are not UTF-8. A byte order mark is text like all else. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (!isUtf8(bytes.subarray(start, end))) return undefined;
  return utf8Slice.call(bytes, start, end);
}

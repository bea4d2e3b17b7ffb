// payload.ts: payloads as scenarios write them, as this host sends and shows them.

import { Difference, isObject } from './fields.js';

const has = (payload: object, ...names: string[]): boolean =>
  Object.keys(payload).length === names.length && names.every((name) => name in payload);

/** The bytes of a payload; of an integer, those that it must have on the wire. */
export function bytesOf(payload: unknown): Uint8Array {
  if (!isObject(payload)) return Buffer.from(typeof payload === 'string' ? payload : '');
  const { text, hex, fill, size } = payload;
  if (has(payload, 'text')) return Buffer.from(String(text));
  if (has(payload, 'hex') || has(payload, 'hex', 'integer')) return Buffer.from(String(hex), 'hex');
  if (has(payload, 'fill', 'size')) return Buffer.alloc(Number(size), String(fill));
  throw new Difference(`a payload of an unknown form: ${JSON.stringify(payload)}`);
}

/** The methods whose integers are bigint, since a number cannot hold all of them. */
const isWide = (method: string): boolean => method.endsWith('int64');

/**
 * What `Context.request` takes: by a contract an integer is sent as the value that it is, and
 * everything else is bytes.
 */
export function inputOf(payload: unknown, method: string, hasContract: boolean): unknown {
  const isInteger = hasContract && isObject(payload) && typeof payload.integer === 'string';
  if (!isInteger) return bytesOf(payload);
  return isWide(method) ? BigInt(String(payload.integer)) : Number(payload.integer);
}

const SHOWN = 80;

export function shownText(text: string): string {
  const begin = JSON.stringify(text.slice(0, SHOWN));
  return text.length > SHOWN ? `${begin} … (${text.length} characters)` : begin;
}

export function shown(value: unknown): string {
  if (!(value instanceof Uint8Array)) return `${typeof value} ${String(value)}`;
  const begin = Buffer.from(value.subarray(0, SHOWN));
  const isText = begin.every((byte) => byte >= 0x20 && byte <= 0x7e);
  const text = isText ? JSON.stringify(begin.toString()) : `hex ${begin.toString('hex')}`;
  return value.length > SHOWN ? `${text} … (${value.length} bytes)` : text;
}

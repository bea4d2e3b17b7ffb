/**
 * describe-failure.ts: what a host gets for something thrown.
 *
 * Guarantees, whatever is thrown: never throws; at most PAYLOAD_MAX bytes of UTF-8; a text, and
 * when there is more to say a zero byte and a JSON document. Too much is cut: the stack first, then
 * the message, then the document, never within a code point.
 */

import { Buffer } from 'node:buffer';
import type { EngineFailure } from '../engine-abi.js';
import { isBytes } from '../schema/bytes.js';
import { isLibraryError, ValidationError } from './library-error.js';

/** Bytes of a failure: what a host's error message can hold. */
export const PAYLOAD_MAX = 4096;
/** Bytes of the message that stay whatever else is to be told. */
const MESSAGE_KEPT = 1024;

/** Numbers of WEIR_ERR_… constants. */
export const STATUS_INVALID_ARGUMENT = 1;
export const STATUS_CREATE_FAILED = 15;
export const STATUS_HANDLER = 16;

interface Extra {
  code?: string | undefined;
  details?: unknown;
  path?: string | undefined;
  stack?: string | undefined;
}

/** What to tell of a declared error; undefined when it is not declared or its details are wrong. */
export type DeclaredDetails = (code: string, details: unknown) => { details: unknown } | undefined;

/** The longest beginning of UTF-8 of at most `max` bytes that ends between code points. */
function cutUtf8(bytes: Buffer, max: number): Buffer {
  if (bytes.length <= max) return bytes;
  let end = max;
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** UTF-8 of a text: a zero byte would end it early, a lone surrogate becomes U+FFFD. */
const utf8 = (text: string): Buffer =>
  Buffer.from(text.slice(0, PAYLOAD_MAX).replaceAll('\0', '\ufffd'));

/** JSON for what a schema of details can hold: bigint and bytes as text where they must. */
function toJson(extra: Extra): string {
  return JSON.stringify(extra, (_key, value: unknown) => {
    if (typeof value === 'bigint') {
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    }
    return isBytes(value) ? Buffer.from(value).toString('base64') : value;
  });
}

function extraBytes(extra: Extra, max: number): Buffer | undefined {
  const { stack, ...rest } = extra;
  const told = Object.values(rest).some((value) => value !== undefined);
  const bytes = told ? Buffer.from(toJson(rest)) : undefined;
  if (bytes !== undefined && bytes.length > max) {
    return rest.code === undefined || rest.code.length > 100
      ? undefined
      : Buffer.from(toJson({ code: rest.code }));
  }
  if (stack === undefined) return bytes;
  // A byte of stack takes at most six of JSON; halve it until it fits.
  for (let length = Math.min(stack.length, PAYLOAD_MAX); length > 40; length >>= 1) {
    const withStack = Buffer.from(toJson({ ...rest, stack: stack.slice(0, length) }));
    if (withStack.length <= max) return withStack;
  }
  return bytes;
}

function assemble(message: string, extra: Extra): Buffer {
  const text = utf8(message);
  const kept = Math.min(text.length, MESSAGE_KEPT);
  const { stack, ...rest } = extra;
  // The document without the stack may shorten the message; the stack gets what is left.
  const core = extraBytes(rest, PAYLOAD_MAX - kept - 1);
  const cut = cutUtf8(text, core === undefined ? PAYLOAD_MAX : PAYLOAD_MAX - core.length - 1);
  const full =
    stack === undefined ? core : (extraBytes(extra, PAYLOAD_MAX - cut.length - 1) ?? core);
  return full === undefined ? cut : Buffer.concat([cut, Buffer.from([0]), full]);
}

const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** One line for something thrown. May throw what the thrown thing's own code throws. */
function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown === '' ? 'an empty text was thrown' : thrown;
  if (typeof thrown === 'function') return 'a function was thrown';
  if (typeof thrown !== 'object' || thrown === null) return `${String(thrown)} was thrown`;
  const { name, message } = thrown as { name?: unknown; message?: unknown };
  const text = asText(message);
  const own = thrown instanceof ValidationError || isLibraryError(thrown);
  const label = own || name === 'Error' ? undefined : asText(name);
  if (text === undefined) return label ?? 'an object without a message was thrown';
  return label === undefined ? text : `${label}: ${text}`;
}

function statusOf(thrown: unknown): number {
  if (!(thrown instanceof ValidationError)) return STATUS_HANDLER;
  if (thrown.subject === 'input') return STATUS_INVALID_ARGUMENT;
  return thrown.subject === 'config' ? STATUS_CREATE_FAILED : STATUS_HANDLER;
}

function extraOf(thrown: unknown, withStack: boolean, declared: DeclaredDetails): Extra {
  if (typeof thrown !== 'object' || thrown === null) return {};
  const stack = withStack ? asText((thrown as { stack?: unknown }).stack) : undefined;
  if (thrown instanceof ValidationError) return { path: thrown.path, stack };
  if (!isLibraryError(thrown)) return { stack };
  const { code } = thrown;
  const known = declared(code, thrown.details);
  if (known === undefined) return { stack };
  const details = attempt(() => toJson({ details: known.details }), undefined);
  return { code, details: details === undefined ? undefined : known.details, stack };
}

/** Runs what may meet getters and proxies of the author. */
function attempt<T>(compute: () => T, otherwise: T): T {
  try {
    return compute();
  } catch {
    return otherwise;
  }
}

/** The status and bytes for something thrown. Never throws. */
export function describeFailure(
  thrown: unknown,
  withStack: boolean,
  declared: DeclaredDetails,
): EngineFailure {
  const status = attempt(() => statusOf(thrown), STATUS_HANDLER);
  const unreadable = 'something was thrown whose message cannot be read';
  const message = attempt(() => messageOf(thrown), unreadable);
  const extra = attempt(() => extraOf(thrown, withStack, declared), {});
  const plain = (): Buffer => cutUtf8(utf8(message), PAYLOAD_MAX);
  return { status, payload: attempt(() => assemble(message, extra), plain()) };
}

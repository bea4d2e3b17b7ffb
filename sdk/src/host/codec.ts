/**
 * codec.ts: between values and payloads, as a contract says or, without one, bytes as they are.
 *
 * What goes wrong is a WeirError BAD_PAYLOAD that names the operation and the place.
 */

import type { ContractDocument, JsonSchema } from '../contract/types.js';
import { isBytes } from '../schema/bytes.js';
import { decode, encode, WireError } from '../wire/index.js';
import { WeirError } from './error.js';

/** Nothing at all, bytes as they are, or one CBOR item. */
export type Codec = 'none' | 'bytes' | 'cbor';

export interface MethodCodec {
  readonly input: Codec;
  readonly output: Codec;
}

/** The codecs of one library. Names that its contract does not have are `undefined`. */
export interface Codecs {
  readonly config: Codec;
  method(name: string): MethodCodec | undefined;
  event(name: string): Codec;
}

const codecOf = (schema: JsonSchema | null | undefined): Codec => {
  if (schema === null || schema === undefined) return 'none';
  return schema.weirType === 'bytes' ? 'bytes' : 'cbor';
};

const RAW: Codecs = {
  config: 'bytes',
  method: () => ({ input: 'bytes', output: 'bytes' }),
  event: () => 'bytes',
};

/** @param contract of the library; a native one may have none */
export function codecsOf(contract: ContractDocument | undefined): Codecs {
  if (contract === undefined) return RAW;
  const { config, methods, events } = contract;
  return {
    config: codecOf(config),
    method(name) {
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (method === undefined) return undefined;
      return { input: codecOf(method.input), output: codecOf(method.output) };
    },
    event: (name) => codecOf(Object.hasOwn(events, name) ? events[name] : null),
  };
}

const NOTHING = new Uint8Array(0);

const refuse = (operation: string, why: string, cause?: unknown): never => {
  throw new WeirError('BAD_PAYLOAD', operation, why, { cause });
};

/** @throws WeirError BAD_PAYLOAD */
export function toPayload(codec: Codec, value: unknown, operation: string): Uint8Array {
  if (codec === 'bytes') {
    if (isBytes(value)) return value;
    return value === undefined ? NOTHING : refuse(operation, 'it takes bytes: a Uint8Array');
  }
  if (codec === 'none') {
    return value === undefined ? NOTHING : refuse(operation, 'it takes no value');
  }
  if (value === undefined) return NOTHING;
  try {
    return encode(value);
  } catch (error) {
    if (error instanceof WireError) return refuse(operation, error.message, error);
    throw error;
  }
}

/**
 * @param owned the bytes may be kept; else they are copied
 * @throws WeirError BAD_PAYLOAD
 */
export function fromPayload(
  codec: Codec,
  bytes: Uint8Array,
  begin: number,
  end: number,
  owned: boolean,
  operation: string,
): unknown {
  if (codec === 'bytes') return owned ? bytes.subarray(begin, end) : bytes.slice(begin, end);
  if (codec === 'none' || begin === end) return undefined;
  try {
    return decode(bytes.subarray(begin, end));
  } catch (error) {
    if (error instanceof WireError) return refuse(operation, error.message, error);
    throw error;
  }
}

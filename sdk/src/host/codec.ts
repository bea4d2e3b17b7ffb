/**
 * codec.ts: between values and payloads, as a contract says or, without one, bytes as they are.
 *
 * What goes wrong is a WeirError BAD_PAYLOAD that names the operation and the place.
 */

import type { ContractDocument, JsonSchema } from '../contract/types.js';
import { widenerOf } from '../contract/wide-integers.js';
import { isBytes } from '../schema/bytes.js';
import { decode, encode, WireError } from '../wire/index.js';
import { WeirError } from './error.js';

/** What makes a decoded item fit its type: 64-bit integers bigint, where the type says so. */
type Widen = (value: unknown) => unknown;

/** Nothing at all, bytes as they are, or one CBOR item, which may have to be widened. */
export type Codec = 'none' | 'bytes' | 'cbor' | Widen;

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

type Place = JsonSchema | null | undefined;

/**
 * @param schema of the library
 * @param widen of the caller's types, which may be of another version
 */
function codecOf(schema: Place, widen: () => Widen | undefined): Codec {
  if (schema === null || schema === undefined) return 'none';
  return schema.weirType === 'bytes' ? 'bytes' : (widen() ?? 'cbor');
}

const RAW: Codecs = {
  config: 'bytes',
  method: () => ({ input: 'bytes', output: 'bytes' }),
  event: () => 'bytes',
};

const memberOf = <Value>(object: { readonly [name: string]: Value }, name: string) =>
  Object.hasOwn(object, name) ? object[name] : undefined;

/**
 * @param contract of the library; a native one may have none
 * @param client the contract that the caller's types are of, where it is another
 */
export function codecsOf(
  contract: ContractDocument | undefined,
  client: ContractDocument | undefined = contract,
): Codecs {
  if (contract === undefined) return RAW;
  const { config, methods, events } = contract;
  const typed = client ?? contract;
  const codec = (schema: Place, own: Place) =>
    codecOf(schema, () => (own ? widenerOf(own, typed.$defs) : undefined));
  const eventCodecs = new Map(
    Object.entries(events).map(([name, schema]) => [
      name,
      codec(schema, memberOf(typed.events, name)),
    ]),
  );
  return {
    config: codec(config, typed.config),
    method(name) {
      const [method, own] = [memberOf(methods, name), memberOf(typed.methods, name)];
      if (method === undefined) return undefined;
      return { input: codec(method.input, own?.input), output: codec(method.output, own?.output) };
    },
    event: (name) => eventCodecs.get(name) ?? 'none',
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
    const value = decode(bytes.subarray(begin, end));
    return typeof codec === 'function' ? codec(value) : value;
  } catch (error) {
    if (error instanceof WireError) return refuse(operation, error.message, error);
    throw error;
  }
}

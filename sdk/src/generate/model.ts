/**
 * model.ts: a contract as generators read it.
 *
 * Methods, events and errors stand in the order of their names, as canonical JSON has them, so
 * that the same contract always gives the same files.
 */

import {
  type ContractDocument,
  canonicalJson,
  contractHash,
  type JsonSchema,
} from '../contract/index.js';

/** How a payload crosses: nothing, bytes as they are, or one CBOR item. */
export type Payload =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'value'; readonly schema: JsonSchema };

export interface ModelMethod {
  readonly name: string;
  readonly description: string | undefined;
  readonly input: Payload;
  readonly output: Payload;
}

export interface ModelEvent {
  readonly name: string;
  readonly payload: Payload;
}

export interface ModelError {
  readonly code: string;
  readonly details: JsonSchema | undefined;
}

export interface Model {
  /** What all else here is from. */
  readonly document: ContractDocument;
  readonly name: string;
  readonly version: string;
  readonly description: string | undefined;
  /** Hex. */
  readonly hash: string;
  readonly config: Payload;
  readonly methods: readonly ModelMethod[];
  readonly events: readonly ModelEvent[];
  readonly errors: readonly ModelError[];
  readonly definitions: { readonly [name: string]: JsonSchema };
}

/** A contract that has no form in a language; the message names the place. */
export class GenerateError extends Error {
  override readonly name = 'GenerateError';
  readonly code = 'ERR_WEIR_GENERATE';
}

export const isBytesSchema = (schema: JsonSchema): boolean => schema.weirType === 'bytes';

function payloadOf(schema: JsonSchema | null): Payload {
  if (schema === null) return { kind: 'none' };
  return isBytesSchema(schema) ? { kind: 'bytes' } : { kind: 'value', schema };
}

const inOrder = <T>(record: { [name: string]: T }): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

export function modelOf(document: ContractDocument): Model {
  const contract = JSON.parse(canonicalJson(document)) as ContractDocument;
  return {
    document: contract,
    name: contract.name,
    version: contract.version,
    description: contract.description,
    hash: contractHash(contract),
    config: payloadOf(contract.config),
    methods: inOrder(contract.methods).map(([name, { input, output, description }]) => ({
      name,
      description,
      input: payloadOf(input),
      output: payloadOf(output),
    })),
    events: inOrder(contract.events).map(([name, schema]) => ({
      name,
      payload: payloadOf(schema),
    })),
    errors: inOrder(contract.errors).map(([code, schema]) => ({
      code,
      details: schema ?? undefined,
    })),
    definitions: contract.$defs ?? {},
  };
}

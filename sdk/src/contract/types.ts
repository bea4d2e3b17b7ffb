/** The contract document: what hosts and generators know of a library. */

/** Any JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * JSON Schema 2020-12, with `format` for widths (int8 … uint64, float, double) and
 * `"weirType": "bytes"` beside `"contentEncoding": "base64"` for bytes. Refers to `#/$defs/…` of
 * the document.
 */
export type JsonSchema = { [key: string]: Json };

export interface ContractMethod {
  /** null: the method takes nothing. */
  input: JsonSchema | null;
  /** null: the method gives nothing. */
  output: JsonSchema | null;
  description?: string;
}

export interface ContractDocument {
  /** Version of this form. */
  weir: 1;
  name: string;
  version: string;
  description?: string;
  config: JsonSchema | null;
  methods: { [name: string]: ContractMethod };
  events: { [name: string]: JsonSchema | null };
  errors: { [code: string]: JsonSchema | null };
  $defs?: { [name: string]: JsonSchema };
}

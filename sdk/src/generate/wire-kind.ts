/**
 * wire-kind.ts: carries what JSON Schema alone does not say through quicktype: the width of a
 * number, and that a text stands for bytes.
 */

import { type JSONSchemaAttributes, type Type, TypeAttributeKind } from 'quicktype-core';
import { isWideInteger, type JsonSchema } from '../contract/index.js';
import type { IntegerFormat } from './types.js';

/** Behind the format of 64 bits whose schema allows only what a JavaScript number holds exactly. */
const SAFE = ':safe';

/** Of a type that is text in some places and bytes in others. */
export const TEXT_OR_BYTES = 'text-or-bytes';

/**
 * A number's `format`; of what JSON Schema has as a string, `text` or `bytes`, or the placeholder
 * of variants.ts.
 */
class WireKindAttribute extends TypeAttributeKind<string> {
  constructor() {
    super('weirWireKind');
  }

  /** Types that differ in it stay two types. */
  override get inIdentity(): boolean {
    return true;
  }

  /** Of types that become one: what they agree on, or what holds both. */
  override combine(kinds: string[]): string | undefined {
    if (kinds.every((kind) => kind === kinds[0])) return kinds[0];
    if (kinds.includes('bytes')) return TEXT_OR_BYTES;
    return (
      kinds.find((kind) => kind.endsWith('int64')) ?? kinds.find((kind) => kind.endsWith(SAFE))
    );
  }

  override intersect(kinds: string[]): string | undefined {
    return kinds[0];
  }

  override makeInferred(kind: string): string {
    return kind;
  }

  override stringify(kind: string): string {
    return kind;
  }
}

const wireKind = new WireKindAttribute();

/** For JSONSchemaInput: reads the attribute from a schema. */
export function produceWireKind(
  schema: unknown,
  _place: unknown,
  types: ReadonlySet<string>,
): JSONSchemaAttributes | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { format, weirType, weirUnion } = schema as { [keyword: string]: unknown };
  if (typeof weirUnion === 'string') return { forString: wireKind.makeAttributes(weirUnion) };
  if (weirType === 'bytes') return { forString: wireKind.makeAttributes('bytes') };
  const isWidth = typeof format === 'string' && /^(u?int\d+|float|double)$/.test(format);
  return {
    ...(types.has('string') ? { forString: wireKind.makeAttributes('text') } : {}),
    ...(isWidth ? { forNumber: wireKind.makeAttributes(widthOf(schema, format)) } : {}),
  };
}

function widthOf(schema: object, format: string): string {
  const isSafe = /int64$/.test(format) && !isWideInteger(schema as JsonSchema);
  return isSafe ? `${format}${SAFE}` : format;
}

/** What a type carries. */
export const wireKindOf = (type: Type): string | undefined =>
  wireKind.tryGetInAttributes(type.getAttributes());

/** The format and whether numbers hold it, of what an integer carries. */
export function integerKind(kind: string | undefined): { format?: IntegerFormat; wide: boolean } {
  if (!kind?.includes('int')) return { wide: false };
  const format = kind.replace(SAFE, '') as IntegerFormat;
  return { format, wide: kind.endsWith('int64') };
}

/**
 * wire-kind.ts: carries what JSON Schema alone does not say through quicktype: the width of a
 * number, and that a text stands for bytes.
 */

import { type JSONSchemaAttributes, type Type, TypeAttributeKind } from 'quicktype-core';

/** A number's `format`, or `bytes`. */
class WireKindAttribute extends TypeAttributeKind<string> {
  constructor() {
    super('weirWireKind');
  }

  /** Types that differ in it stay two types. */
  override get inIdentity(): boolean {
    return true;
  }

  /** Of types that become one: what they agree on. */
  override combine(kinds: string[]): string | undefined {
    return kinds.every((kind) => kind === kinds[0]) ? kinds[0] : undefined;
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
export function produceWireKind(schema: unknown): JSONSchemaAttributes | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { format, weirType } = schema as { format?: unknown; weirType?: unknown };
  if (weirType === 'bytes') return { forString: wireKind.makeAttributes('bytes') };
  return typeof format === 'string' && /^(u?int\d+|float|double)$/.test(format)
    ? { forNumber: wireKind.makeAttributes(format) }
    : undefined;
}

/** What a type carries. */
export const wireKindOf = (type: Type): string | undefined =>
  wireKind.tryGetInAttributes(type.getAttributes());

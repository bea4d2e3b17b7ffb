/**
 * types.ts: the types of a contract, with names for one language; what a language's printer prints.
 */

/** Widths that a contract can say of a number. */
export type IntegerFormat =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64';

/** A use of a type. */
export type TypeUse =
  | { readonly kind: 'any' | 'null' | 'bool' | 'string' | 'bytes' }
  /**
   * Without a format: what a JavaScript number holds exactly. `wide`: of 64 bits, and the schema
   * allows more than that.
   */
  | { readonly kind: 'integer'; readonly format: IntegerFormat | undefined; readonly wide: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'array' | 'map' | 'nullable'; readonly of: TypeUse }
  /** `declares` says what stands behind the name. */
  | { readonly kind: 'named'; readonly name: string; readonly declares: Declaration['kind'] }
  /** This and the next only where the language has unions without names. */
  | { readonly kind: 'literal'; readonly value: string }
  | { readonly kind: 'union'; readonly members: readonly TypeUse[] };

export interface Field {
  /** In the language. */
  readonly name: string;
  /** On the wire. */
  readonly key: string;
  readonly type: TypeUse;
  readonly optional: boolean;
  readonly doc: readonly string[];
}

interface Declared {
  readonly name: string;
  readonly doc: readonly string[];
}

export interface StructDeclaration extends Declared {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
}

export interface EnumDeclaration extends Declared {
  readonly kind: 'enum';
  readonly cases: readonly { readonly name: string; readonly value: string }[];
}

export interface UnionDeclaration extends Declared {
  readonly kind: 'union';
  readonly nullable: boolean;
  readonly members: readonly { readonly name: string; readonly type: TypeUse }[];
}

export type Declaration = StructDeclaration | EnumDeclaration | UnionDeclaration;

export interface Types {
  readonly declarations: readonly Declaration[];
  /** By the name that was asked for: how the language writes that type. */
  readonly roots: ReadonlyMap<string, TypeUse>;
}

/** The names of everything that can be reached from a use. */
export function reachable(types: Types, from: readonly TypeUse[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (use: TypeUse): void => {
    if ('of' in use) visit(use.of);
    if (use.kind === 'union') use.members.forEach(visit);
    if (use.kind !== 'named' || found.has(use.name)) return;
    found.add(use.name);
    const declared = types.declarations.find(({ name }) => name === use.name);
    if (declared?.kind === 'struct') for (const { type } of declared.fields) visit(type);
    if (declared?.kind === 'union') for (const { type } of declared.members) visit(type);
  };
  from.forEach(visit);
  return found;
}

/**
 * quicktype.ts: from the JSON Schemas of a contract to types with names, by quicktype-core.
 *
 * quicktype decides which schemas are one type, which name each type, field and enum case gets, and
 * that names do not collide. Printing is ours: see go/ and ts/.
 */

import {
  type ClassType,
  ConvenienceRenderer,
  type EnumType,
  funPrefixNamer,
  InputData,
  JSONSchemaInput,
  matchType,
  type Name,
  type Namer,
  nullableFromUnion,
  quicktype,
  type RenderContext,
  removeNullFromUnion,
  type StringTypeMapping,
  TargetLanguage,
  type Type,
  type UnionType,
} from 'quicktype-core';
import type { JsonSchema } from '../contract/index.js';
import { GenerateError } from './model.js';
import type { Declaration, Field, Types, TypeUse } from './types.js';
import { type Split, splitVariants } from './variants.js';
import { integerKind, produceWireKind, TEXT_OR_BYTES, wireKindOf } from './wire-kind.js';

/** How a language names things. */
export interface Naming {
  /** For quicktype's own messages. */
  readonly language: string;
  typeName(raw: string): string;
  fieldName(raw: string): string;
  caseName(raw: string): string;
  /** Names that no type may get: keywords, and what the generated client declares itself. */
  readonly reserved: readonly string[];
  /** Whether a union is a declaration of its own, as in Go, or written where it is used. */
  readonly namedUnions: boolean;
}

type Sink = { -readonly [K in keyof Types]: Types[K] };

/** What placeholders stand for; see variants.ts. */
type Unions = ReadonlyMap<string, readonly string[]>;

class NamedTypes extends ConvenienceRenderer {
  private readonly declarations: Declaration[] = [];

  constructor(
    language: TargetLanguage,
    context: RenderContext,
    private readonly naming: Naming,
    private readonly sink: Sink,
    private readonly unions: Unions,
  ) {
    super(language, context);
  }

  protected override makeNamedTypeNamer(): Namer {
    return funPrefixNamer('types', (raw) => this.naming.typeName(raw));
  }

  protected override namerForObjectProperty(): Namer {
    return funPrefixNamer('fields', (raw) => this.naming.fieldName(raw));
  }

  protected override makeUnionMemberNamer(): Namer {
    return funPrefixNamer('members', (raw) => this.naming.fieldName(raw));
  }

  protected override makeEnumCaseNamer(): Namer {
    return funPrefixNamer('cases', (raw) => this.naming.caseName(raw));
  }

  protected override forbiddenNamesForGlobalNamespace(): readonly string[] {
    return this.naming.reserved;
  }

  protected override forbiddenForObjectProperties(): {
    names: string[];
    includeGlobalForbidden: boolean;
  } {
    return { names: [], includeGlobalForbidden: false };
  }

  protected override unionNeedsName(union: UnionType): boolean {
    return this.naming.namedUnions && nullableFromUnion(union) === null;
  }

  protected override emitSourceStructure(): void {
    this.forEachNamedType(
      'none',
      (type: ClassType, name: Name) => this.addStruct(type, name),
      (type, name) => {
        if (this.enumUse(type).kind === 'named') this.addEnum(type, name);
      },
      (type, name) => this.addUnion(type, name),
    );
    this.sink.declarations = this.declarations;
    this.sink.roots = new Map([...this.topLevels].map(([name, type]) => [name, this.use(type)]));
  }

  private text(name: Name): string {
    return this.sourcelikeToString(name);
  }

  private addStruct(type: ClassType, name: Name): void {
    const fields: Field[] = [];
    this.forEachClassProperty(type, 'none', (field, key, property) => {
      fields.push({
        name: this.text(field),
        key,
        type: this.use(property.type),
        optional: property.isOptional,
        doc: this.descriptionForClassProperty(type, key) ?? [],
      });
    });
    const doc = this.descriptionForType(type) ?? [];
    this.declarations.push({ kind: 'struct', name: this.text(name), doc, fields });
  }

  private addEnum(type: EnumType, name: Name): void {
    const cases: { name: string; value: string }[] = [];
    this.forEachEnumCase(type, 'none', (one, value) => {
      cases.push({ name: this.text(one), value });
    });
    const doc = this.descriptionForType(type) ?? [];
    this.declarations.push({ kind: 'enum', name: this.text(name), doc, cases });
  }

  private addUnion(type: UnionType, name: Name): void {
    const [hasNull, members] = removeNullFromUnion(type);
    const named: { name: string; type: TypeUse }[] = [];
    this.forEachUnionMember(type, members, 'none', null, (member, of) => {
      named.push({ name: this.text(member), type: this.use(of) });
    });
    this.declarations.push({
      kind: 'union',
      name: this.text(name),
      doc: this.descriptionForType(type) ?? [],
      nullable: hasNull !== null,
      members: named,
    });
  }

  private named(type: Type, declares: Declaration['kind']): TypeUse {
    return { kind: 'named', name: this.text(this.nameForNamedType(type)), declares };
  }

  private unionUse(type: UnionType): TypeUse {
    const one = nullableFromUnion(type);
    if (one !== null) return { kind: 'nullable', of: this.use(one) };
    if (this.naming.namedUnions) return this.named(type, 'union');
    const [hasNull, members] = removeNullFromUnion(type, true);
    const union: TypeUse = { kind: 'union', members: [...members].map((of) => this.use(of)) };
    return hasNull === null ? union : { kind: 'nullable', of: union };
  }

  /** A language with unions has types of one value too. */
  private enumUse(type: EnumType): TypeUse {
    const [only, ...more] = type.cases;
    const literal = !this.naming.namedUnions && only !== undefined && more.length === 0;
    return literal ? { kind: 'literal', value: only } : this.named(type, 'enum');
  }

  private stringUse(kind: string | undefined): TypeUse {
    if (kind === TEXT_OR_BYTES) {
      return { kind: 'union', members: [{ kind: 'string' }, { kind: 'bytes' }] };
    }
    const variants = this.unions.get(kind ?? '');
    if (variants === undefined) return { kind: kind === 'bytes' ? 'bytes' : 'string' };
    const types = variants.flatMap((name) => this.topLevels.get(name) ?? []);
    return { kind: 'union', members: types.map((type) => this.use(type)) };
  }

  private use(type: Type): TypeUse {
    const kind = wireKindOf(type);
    return matchType<TypeUse>(
      type,
      () => ({ kind: 'any' }),
      () => ({ kind: 'null' }),
      () => ({ kind: 'bool' }),
      () => ({ kind: 'integer', format: undefined, ...integerKind(kind) }),
      () => ({ kind: 'float', bits: kind === 'float' ? 32 : 64 }),
      () => this.stringUse(kind),
      (array) => ({ kind: 'array', of: this.use(array.items) }),
      (struct) => this.named(struct, 'struct'),
      (map) => ({ kind: 'map', of: this.use(map.values) }),
      (cases) => this.enumUse(cases),
      (union) => this.unionUse(union),
      () => ({ kind: 'string' }),
    );
  }
}

class WeirTarget extends TargetLanguage {
  constructor(
    private readonly naming: Naming,
    private readonly sink: Sink,
    private readonly unions: Unions,
  ) {
    super({ displayName: naming.language, extension: 'txt', names: [naming.language] });
  }

  protected override getOptions(): Record<string, never> {
    return {};
  }

  /** Dates and the like are text on the wire and stay text. */
  override get stringTypeMapping(): StringTypeMapping {
    return new Map();
  }

  override get supportsOptionalClassProperties(): boolean {
    return true;
  }

  override get supportsUnionsWithBothNumberTypes(): boolean {
    return true;
  }

  protected override makeRenderer(context: RenderContext): NamedTypes {
    return new NamedTypes(this, context, this.naming, this.sink, this.unions);
  }
}

/** The name of the definition that a schema is nothing but a reference to. */
function referenced(schema: JsonSchema): string | undefined {
  const { $ref, ...rest } = schema;
  if (typeof $ref !== 'string' || Object.keys(rest).length > 0) return undefined;
  return /^#\/\$defs\/([^/~%]+)$/.exec($ref)?.[1];
}

/** One schema document, so that a definition that several roots use is one type. */
function asDocument(
  roots: ReadonlyMap<string, JsonSchema>,
  definitions: { readonly [name: string]: JsonSchema },
): JsonSchema {
  const titled = (entries: Iterable<[string, JsonSchema]>): JsonSchema =>
    Object.fromEntries(
      // A reference is called as what it refers to.
      [...entries].map(([name, schema]): [string, JsonSchema] => [
        name,
        '$ref' in schema ? schema : { ...schema, title: name },
      ]),
    );
  return { $defs: titled(Object.entries(definitions)), roots: titled(roots) };
}

/**
 * The types of `roots` and of everything that they use.
 *
 * @param roots by the name that the type should get
 * @param definitions `$defs` of the contract
 * @throws GenerateError in quicktype's words
 */
export async function namedTypes(
  roots: ReadonlyMap<string, JsonSchema>,
  definitions: { readonly [name: string]: JsonSchema },
  naming: Naming,
): Promise<Types> {
  const sink: Sink = { declarations: [], roots: new Map() };
  if (roots.size === 0) return sink;
  const kept: Split = { roots, definitions, unions: new Map() };
  const split = naming.namedUnions ? kept : splitVariants(roots, definitions);
  // A root that only refers to a definition is that definition, under its own name.
  const tops = new Map(
    [...split.roots].map(([name, schema]) => [name, referenced(schema) ?? name]),
  );
  const schemas = new Map(
    [...split.roots].map(([name, schema]): [string, JsonSchema] => [
      tops.get(name) ?? name,
      schema,
    ]),
  );
  const input = new JSONSchemaInput(undefined, [produceWireKind]);
  await input.addSource({
    name: 'contract',
    schema: JSON.stringify(asDocument(schemas, split.definitions)),
    uris: ['#/roots/'],
  });
  const inputData = new InputData();
  inputData.addInput(input);
  try {
    await quicktype({
      inputData,
      lang: new WeirTarget(naming, sink, split.unions),
      inferenceFlags: [],
    } as never);
  } catch (error) {
    throw new GenerateError(error instanceof Error ? error.message : String(error));
  }
  const { declarations, roots: uses } = sink;
  const found = [...tops].flatMap(([name, top]): [string, TypeUse][] => {
    const use = uses.get(top);
    return use === undefined ? [] : [[name, use]];
  });
  return { declarations, roots: new Map(found) };
}

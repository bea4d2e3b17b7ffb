/**
 * diff-schema.ts: which values a new schema allows beside those of the old one.
 *
 * Where it cannot tell it says that the change breaks: never that a breaking one does not.
 */

import { canonicalJson } from './canonical.js';
import type { Changes, Effect, Path, Side } from './changes.js';
import {
  allowedValues,
  numberRange,
  type Range,
  rangeEffect,
  rangeText,
  sizeRange,
} from './ranges.js';
import type { Json, JsonSchema } from './types.js';
import { isNull, pairVariants, variantsOf } from './variants.js';

type Definitions = { [name: string]: JsonSchema };

/** Keywords that say nothing about values. */
const SILENT = new Set(['description', 'title', 'examples', '$comment', 'deprecated', 'id']);
/** Keywords that are compared below; any other that differs is a change that breaks. */
const COMPARED = new Set([
  ...['type', 'format', 'enum', 'const', 'default', '$ref', 'weirType', 'contentEncoding'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'weirMinBytes', 'weirMaxBytes', 'pattern', 'properties', 'required'],
  ...['additionalProperties', 'items', 'prefixItems', 'anyOf', 'oneOf'],
]);

const asSchema = (value: Json | undefined): JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);

function resolve(schema: JsonSchema, definitions: Definitions): JsonSchema {
  let at = schema;
  for (let hops = 0; typeof at.$ref === 'string' && hops < 64; hops++) {
    const name = at.$ref.replace('#/$defs/', '').replaceAll('~1', '/').replaceAll('~0', '~');
    const { $ref: _ref, ...beside } = at;
    at = { ...asSchema(definitions[name]), ...beside };
  }
  return at;
}

/** How a keyword whose presence narrows (`pattern`) changed. */
function presence(before: Json | undefined, after: Json | undefined): Effect | undefined {
  if (same(before, after)) return undefined;
  if (before === undefined) return 'narrower';
  return after === undefined ? 'wider' : 'other';
}

export class SchemaDiff {
  /** Pairs of recursive schemas that were compared, or are being. */
  private readonly visited = new Set<string>();
  /** Unions that are being compared: an alternative may refer to its own union. */
  private readonly unions = new Set<string>();

  constructor(
    private readonly before: Definitions,
    private readonly after: Definitions,
    private readonly changes: Changes,
  ) {}

  compare(oldSchema: JsonSchema, newSchema: JsonSchema, path: Path, side: Side): void {
    if (oldSchema.$ref !== undefined || newSchema.$ref !== undefined) {
      const key = `${side} ${canonicalJson(oldSchema)} ${canonicalJson(newSchema)}`;
      if (this.visited.has(key)) return;
      this.visited.add(key);
    }
    const [before, after] = [resolve(oldSchema, this.before), resolve(newSchema, this.after)];
    const [olds, news] = [variantsOf(before), variantsOf(after)];
    if (olds.length === 1 && news.length === 1) {
      this.single(
        resolve(olds[0] ?? {}, this.before),
        resolve(news[0] ?? {}, this.after),
        path,
        side,
      );
    } else {
      this.union(olds, news, path, side);
    }
    if (!same(before.default, after.default)) {
      this.changes.add(path, 'default changed', true, 'what hosts send is read as it was');
    }
  }

  private union(olds: JsonSchema[], news: JsonSchema[], path: Path, side: Side): void {
    const key = canonicalJson([olds, news]);
    if (this.unions.has(key)) return;
    this.unions.add(key);
    this.alternatives(olds, news, path, side);
    this.unions.delete(key);
  }

  private alternatives(olds: JsonSchema[], news: JsonSchema[], path: Path, side: Side): void {
    const { pairs, removed, added } = pairVariants(
      olds.map((one) => resolve(one, this.before)),
      news.map((one) => resolve(one, this.after)),
    );
    for (const [before, after] of pairs) this.compare(before, after, path, side);
    const name = (one: JsonSchema) => (isNull(one) ? 'null' : 'an alternative');
    for (const one of removed) this.changes.effect(path, `${name(one)} removed`, 'narrower', side);
    for (const one of added) this.changes.effect(path, `${name(one)} added`, 'wider', side);
  }

  private single(before: JsonSchema, after: JsonSchema, path: Path, side: Side): void {
    if (same(before, after) && !canonicalJson(before).includes('"$ref"')) return;
    if (!this.sameType(before, after, path, side)) return;
    this.values(before, after, path, side);
    this.sizes(before, after, path, side);
    this.objects(before, after, path, side);
    this.arrays(before, after, path, side);
    for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)])) {
      if (SILENT.has(keyword) || COMPARED.has(keyword)) continue;
      if (!same(before[keyword], after[keyword])) {
        this.changes.effect([...path, keyword], `${keyword} changed`, 'other', side);
      }
    }
  }

  /** Whether the rest is comparable; tells of a change of type otherwise. */
  private sameType(before: JsonSchema, after: JsonSchema, path: Path, side: Side): boolean {
    const kind = ({ type, weirType }: JsonSchema) => (weirType === 'bytes' ? 'bytes' : type);
    const [was, is] = [kind(before), kind(after)];
    if (same(was, is)) return true;
    const text = `${was ?? 'any'} became ${is ?? 'any'}`;
    if (was === 'integer' && is === 'number') this.changes.effect(path, text, 'wider', side);
    else if (was === 'number' && is === 'integer')
      this.changes.effect(path, text, 'narrower', side);
    else if (is === undefined && isAny(after)) this.changes.effect(path, text, 'wider', side);
    else if (was === undefined && isAny(before)) this.changes.effect(path, text, 'narrower', side);
    else this.changes.effect(path, text, 'other', side);
    return false;
  }

  private values(before: JsonSchema, after: JsonSchema, path: Path, side: Side): void {
    const [olds, news] = [allowedValues(before), allowedValues(after)];
    if (olds !== undefined || news !== undefined) this.sets(olds, news, path, side);
    if (before.type === 'integer' || before.type === 'number') {
      this.range('values', numberRange(before), numberRange(after), path, side);
      this.floats(before, after, path, side);
    } else {
      this.keyword('format', presence(before.format, after.format), path, side);
    }
    this.keyword('pattern', presence(before.pattern, after.pattern), path, side);
  }

  private sets(
    olds: Set<string> | undefined,
    news: Set<string> | undefined,
    path: Path,
    side: Side,
  ): void {
    if (olds === undefined) this.changes.effect(path, 'values are listed', 'narrower', side);
    if (news === undefined) this.changes.effect(path, 'values are not listed', 'wider', side);
    if (olds === undefined || news === undefined) return;
    for (const value of olds) {
      if (!news.has(value)) this.changes.effect(path, `${value} removed`, 'narrower', side);
    }
    for (const value of news) {
      if (!olds.has(value)) this.changes.effect(path, `${value} added`, 'wider', side);
    }
  }

  private floats(before: JsonSchema, after: JsonSchema, path: Path, side: Side): void {
    const [was, is] = [before.format === 'float', after.format === 'float'];
    if (was === is) return;
    const text = is ? 'float64 became float32' : 'float32 became float64';
    this.changes.effect(path, text, is ? 'narrower' : 'wider', side);
  }

  private range(what: string, before: Range, after: Range, path: Path, side: Side): void {
    const effect = rangeEffect(before, after);
    if (effect === undefined) return;
    const text = `${what} from ${rangeText(before)} became ${rangeText(after)}`;
    this.changes.effect(path, text, effect, side);
  }

  private sizes(before: JsonSchema, after: JsonSchema, path: Path, side: Side): void {
    for (const [what, min, max] of [
      ['length', 'minLength', 'maxLength'],
      ['items', 'minItems', 'maxItems'],
      ['bytes', 'weirMinBytes', 'weirMaxBytes'],
    ] as const) {
      this.range(what, sizeRange(before, min, max), sizeRange(after, min, max), path, side);
    }
  }

  private keyword(name: string, effect: Effect | undefined, path: Path, side: Side): void {
    if (effect === undefined) return;
    const what = { narrower: 'added', wider: 'removed', other: 'changed' }[effect];
    this.changes.effect([...path, name], `${name} ${what}`, effect, side);
  }

  private objects(before: JsonSchema, after: JsonSchema, path: Path, side: Side): void {
    const [olds, news] = [asSchema(before.properties), asSchema(after.properties)];
    for (const [name, schema] of Object.entries(olds)) {
      const at = [...path, 'properties', name];
      if (Object.hasOwn(news, name)) {
        this.required(isRequired(before, name), isRequired(after, name), at, side);
        this.compare(asSchema(schema), asSchema(news[name]), at, side);
      } else {
        this.removed(isRequired(before, name), after, at, side);
      }
    }
    for (const name of Object.keys(news)) {
      if (Object.hasOwn(olds, name)) continue;
      this.added(isRequired(after, name), before, [...path, 'properties', name], side);
    }
    this.additional(before.additionalProperties, after.additionalProperties, path, side);
  }

  private required(was: boolean, is: boolean, path: Path, side: Side): void {
    if (was === is) return;
    const text = is ? 'became required' : 'became optional';
    this.changes.effect(path, text, is ? 'narrower' : 'wider', side);
  }

  private removed(wasRequired: boolean, after: JsonSchema, path: Path, side: Side): void {
    const what = `${wasRequired ? 'required' : 'optional'} property removed`;
    if (side === 'library') {
      const why = wasRequired ? 'hosts expect it' : 'hosts work without it';
      this.changes.add(path, what, !wasRequired, why);
    } else {
      const strict = after.additionalProperties === false;
      const why = strict ? 'hosts that send it are refused' : 'hosts that send it are not refused';
      this.changes.add(path, what, !strict, why);
    }
  }

  private added(isRequired: boolean, before: JsonSchema, path: Path, side: Side): void {
    const what = `new ${isRequired ? 'required' : 'optional'} property`;
    if (side === 'host') {
      const why = isRequired ? 'hosts do not send it' : 'hosts need not send it';
      this.changes.add(path, what, !isRequired, why);
    } else {
      const strict = before.additionalProperties === false;
      const why = strict ? 'hosts allow no others' : 'hosts skip what they do not know';
      this.changes.add(path, what, !strict, why);
    }
  }

  private additional(
    before: Json | undefined,
    after: Json | undefined,
    parent: Path,
    side: Side,
  ): void {
    const [was, is] = [before ?? true, after ?? true];
    const path = [...parent, 'additionalProperties'];
    if (same(was, is) && typeof was === 'boolean') return;
    if (typeof was === 'object' && typeof is === 'object') {
      this.compare(asSchema(was), asSchema(is), path, side);
      return;
    }
    const wider = was === false || is === true;
    const text = wider ? 'more properties allowed' : 'fewer properties allowed';
    this.changes.effect(path, text, wider ? 'wider' : 'narrower', side);
  }

  private arrays(before: JsonSchema, after: JsonSchema, path: Path, side: Side): void {
    const items = (one: JsonSchema): JsonSchema[] =>
      Array.isArray(one.prefixItems) ? one.prefixItems.map(asSchema) : [];
    const [olds, news] = [items(before), items(after)];
    if (olds.length !== news.length) {
      const text = `${olds.length} fixed items became ${news.length}`;
      this.changes.effect([...path, 'prefixItems'], text, 'other', side);
      return;
    }
    for (const [index, one] of olds.entries()) {
      this.compare(one, news[index] ?? {}, [...path, 'prefixItems', index], side);
    }
    const [was, is] = [before.items ?? true, after.items ?? true];
    if (typeof was === 'object' && typeof is === 'object') {
      this.compare(asSchema(was), asSchema(is), [...path, 'items'], side);
    } else if (!same(was, is)) {
      const wider = was === false || is === true;
      this.changes.effect([...path, 'items'], 'items changed', wider ? 'wider' : 'narrower', side);
    }
  }
}

const isRequired = (schema: JsonSchema, name: string): boolean =>
  Array.isArray(schema.required) && schema.required.includes(name);

/** Whether a schema allows anything. */
const isAny = (schema: JsonSchema): boolean =>
  Object.keys(schema).every((keyword) => SILENT.has(keyword) || keyword === 'default');

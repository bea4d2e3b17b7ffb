/**
 * types.ts: prints the types of a contract in Go, as gofmt would.
 *
 * What Go has no word for: a field that may be missing is a pointer, or a slice or map that may be
 * nil; a value of one of several types is a struct of pointers of which one is set.
 */

import { commentLines } from '../head.js';
import { GenerateError } from '../model.js';
import type {
  Declaration,
  EnumDeclaration,
  Field,
  StructDeclaration,
  Types,
  TypeUse,
} from '../types.js';
import { printUnion } from './unions.js';

export const comment = (lines: readonly string[], indent = ''): string[] =>
  lines.map((line) => `${indent}//${line === '' ? '' : ` ${line}`}`);

export function goType(use: TypeUse): string {
  switch (use.kind) {
    case 'any':
    case 'null':
      return 'any';
    case 'bool':
    case 'string':
      return use.kind;
    case 'bytes':
      return '[]byte';
    case 'integer':
      return use.format ?? 'int64';
    case 'float':
      return `float${use.bits}`;
    case 'array':
      return `[]${goType(use.of)}`;
    case 'map':
      return `map[string]${goType(use.of)}`;
    case 'nullable':
      return goType(use.of) === 'any' ? 'any' : `*${goType(use.of)}`;
    case 'named':
      return use.name;
    case 'literal':
    case 'union':
      throw new GenerateError(`a ${use.kind} without a name has no form in Go`);
  }
}

/** Whether nil says that there is none, without a pointer. */
export const hasNil = (use: TypeUse): boolean =>
  use.kind === 'nullable' || /^(any$|\[|map\[)/.test(goType(use));

function tag({ key, optional, type }: Field, json: boolean): string {
  if (/[`"\\,\p{Cc}]/u.test(key) || key === '-' || key === '') {
    throw new GenerateError(`the property ${JSON.stringify(key)} has no form in a Go struct tag`);
  }
  // An empty slice is not a missing one; of a pointer omitempty means nil.
  const nilContainer = hasNil(type) && type.kind !== 'nullable';
  const cbor = `${key}${optional ? `,${nilContainer ? 'omitzero' : 'omitempty'}` : ''}`;
  const jsonTag = `${key}${optional ? ',omitempty' : ''}`;
  return json ? `\`cbor:"${cbor}" json:"${jsonTag}"\`` : `\`cbor:"${cbor}"\``;
}

const length = (text: string): number => [...text].length;

/** Rows in columns, as gofmt aligns them: a comment between rows ends a block. */
export function aligned(rows: readonly (readonly string[] | string)[]): string[] {
  const lines: string[] = [];
  let block: (readonly string[])[] = [];
  const flush = () => {
    const widths: number[] = [];
    for (const row of block) {
      row.forEach((cell, column) => {
        widths[column] = Math.max(widths[column] ?? 0, length(cell));
      });
    }
    for (const row of block) {
      const cells = row.map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - length(cell)),
      );
      lines.push(`\t${cells.join(' ')}`);
    }
    block = [];
  };
  for (const row of rows) {
    if (typeof row !== 'string') {
      block.push(row);
      continue;
    }
    flush();
    lines.push(`\t${row}`);
  }
  flush();
  return lines;
}

function printStruct({ name, fields }: StructDeclaration, json: boolean): string[] {
  if (fields.length === 0) return [`type ${name} struct{}`];
  const rows = fields.flatMap((field): (readonly string[] | string)[] => {
    const pointer = field.optional && !hasNil(field.type);
    return [
      ...comment(field.doc.flatMap(commentLines)),
      [field.name, `${pointer ? '*' : ''}${goType(field.type)}`, tag(field, json)],
    ];
  });
  return [`type ${name} struct {`, ...aligned(rows), '}'];
}

function printEnum({ name, cases }: EnumDeclaration): string[] {
  const rows = cases.map((one) => [`${name}${one.name}`, `${name} = ${JSON.stringify(one.value)}`]);
  return [`type ${name} string`, '', `// The values of ${name}.`, 'const (', ...aligned(rows), ')'];
}

function docOf(declaration: Declaration, role: string | undefined): string[] {
  const own = declaration.doc.flatMap(commentLines);
  if (role !== undefined)
    return [`${declaration.name} is ${role}.`, ...(own.length ? [''] : []), ...own];
  if (own.length > 0) return own;
  if (declaration.kind === 'enum') return [`${declaration.name} is one of the constants below.`];
  if (declaration.kind !== 'union') return [];
  const none = declaration.nullable ? 'at most one' : 'exactly one';
  return [`${declaration.name} is of one of several types: ${none} field is set.`];
}

export interface PrintOptions {
  /** Names of types that are read from JSON too: those of error details. */
  readonly json: ReadonlySet<string>;
  /** What a type is for, by its name: 'the input of Format'. */
  readonly roles: ReadonlyMap<string, string>;
}

/** All declarations, each with its comment, with a blank line between them. */
export function printTypes(types: Types, { json, roles }: PrintOptions): string {
  const printed = types.declarations.map((declaration) => {
    const { kind, name } = declaration;
    const doc = comment(docOf(declaration, roles.get(name)));
    if (kind === 'struct') return [...doc, ...printStruct(declaration, json.has(name))];
    if (kind === 'enum') return [...doc, ...printEnum(declaration)];
    return [...doc, ...printUnion(declaration, json.has(name))];
  });
  return printed.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

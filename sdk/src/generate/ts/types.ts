/** types.ts: prints the types of a contract in TypeScript. */

import { commentLines } from '../head.js';
import type { Declaration, Field, Types, TypeUse } from '../types.js';

export const quote = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A property as it may stand in a type. */
export const key = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name));

const grouped = (text: string): string => (/ [|&] /.test(text) ? `(${text})` : text);

export function tsType(use: TypeUse): string {
  switch (use.kind) {
    case 'any':
      return 'unknown';
    case 'bool':
      return 'boolean';
    case 'null':
    case 'string':
      return use.kind;
    case 'bytes':
      return 'Uint8Array';
    case 'integer':
      return use.wide ? 'bigint' : 'number';
    case 'float':
      return 'number';
    case 'array':
      return `${grouped(tsType(use.of))}[]`;
    case 'map':
      return `{ [key: string]: ${tsType(use.of)} }`;
    case 'nullable':
      return `${tsType(use.of)} | null`;
    case 'named':
      return use.name;
    case 'literal':
      return quote(use.value);
    case 'union':
      return [...new Set(use.members.map(tsType))].join(' | ');
  }
}

/** Of a payload, which may be nothing at all. */
export const payloadType = (use: TypeUse | undefined): string =>
  use === undefined ? 'undefined' : tsType(use);

/** The declared types that are named in the writing of a type. */
export function namesIn(use: TypeUse): readonly string[] {
  switch (use.kind) {
    case 'named':
      return [use.name];
    case 'array':
    case 'map':
    case 'nullable':
      return namesIn(use.of);
    case 'union':
      return use.members.flatMap(namesIn);
    default:
      return [];
  }
}

export function docComment(lines: readonly string[], indent = ''): string {
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  const body = lines.map((line) => `${indent} *${line === '' ? '' : ` ${line}`}\n`).join('');
  return `${indent}/**\n${body}${indent} */\n`;
}

const printField = (field: Field): string => {
  const { name, optional, type, doc } = field;
  const comment = docComment(doc.flatMap(commentLines), '  ');
  return `${comment}  ${key(name)}${optional ? '?' : ''}: ${tsType(type)};\n`;
};

function printDeclaration(declaration: Declaration): string {
  const { name } = declaration;
  const doc = docComment(declaration.doc.flatMap(commentLines));
  switch (declaration.kind) {
    case 'struct': {
      const { fields } = declaration;
      if (fields.length === 0) return `${doc}export type ${name} = { [key: string]: never };\n`;
      return `${doc}export interface ${name} {\n${fields.map(printField).join('')}}\n`;
    }
    case 'enum': {
      const cases = declaration.cases.map(({ value }) => quote(value));
      return `${doc}export type ${name} = ${cases.join(' | ')};\n`;
    }
    case 'union': {
      const members = declaration.members.map(({ type }) => tsType(type));
      const all = declaration.nullable ? [...members, 'null'] : members;
      return `${doc}export type ${name} = ${all.join(' | ')};\n`;
    }
  }
}

export const printTypes = ({ declarations }: Types): string =>
  declarations.map(printDeclaration).join('\n');

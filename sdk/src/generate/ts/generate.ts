/**
 * generate.ts: contract.ts for a TypeScript host: the types of a contract and the maps `Methods`,
 * `Events` and `Errors` that a typed client takes as its type parameters.
 */

import {
  allUpperWordStyle,
  combineWords,
  firstUpperWordStyle,
  isLetterOrDigit,
  legalizeCharacters,
  splitIntoWords,
} from 'quicktype-core';
import type { JsonSchema } from '../../contract/index.js';
import { commentLines, type GeneratedFile, headLines } from '../head.js';
import type { Model, Payload } from '../model.js';
import { Names } from '../names.js';
import { type Naming, namedTypes } from '../quicktype.js';
import type { Types } from '../types.js';
import { docComment, key, printTypes, quote, tsType } from './types.js';

const RESERVED = `Array Boolean Config Date Error Errors Events Function Map Methods Number Object
  Promise Record Set String Symbol Uint8Array`.split(/\s+/);

const isStart = (codePoint: number): boolean => /\p{Lu}/u.test(String.fromCodePoint(codePoint));

const typeName = (raw: string): string =>
  combineWords(
    splitIntoWords(raw),
    legalizeCharacters(isLetterOrDigit),
    firstUpperWordStyle,
    firstUpperWordStyle,
    allUpperWordStyle,
    firstUpperWordStyle,
    '',
    isStart,
  );

const naming: Naming = {
  language: 'typescript',
  typeName,
  fieldName: (raw) => raw,
  caseName: (raw) => raw,
  reserved: RESERVED,
  namedUnions: false,
};

/** Names a payload and remembers its schema; gives how to write its type once types are known. */
class Roots {
  readonly schemas = new Map<string, JsonSchema>();
  private readonly names = new Names(RESERVED.filter((name) => name !== 'Config'));

  add(wanted: string, payload: Payload): (types: Types) => string {
    if (payload.kind === 'none') return () => 'undefined';
    if (payload.kind === 'bytes') return () => 'Uint8Array';
    const name = this.names.take(typeName(wanted));
    this.schemas.set(name, payload.schema);
    return (types) => {
      const use = types.roots.get(name);
      return use === undefined ? 'unknown' : tsType(use);
    };
  }
}

interface Member {
  readonly name: string;
  readonly doc: readonly string[];
  type(types: Types): string;
}

function printMap(name: string, doc: string, members: readonly Member[], types: Types): string {
  const lines = members.map(
    (member) => `${docComment(member.doc, '  ')}  ${key(member.name)}: ${member.type(types)};\n`,
  );
  if (lines.length === 0) return `/** ${doc} */\nexport type ${name} = Record<never, never>;\n`;
  return `/** ${doc} */\nexport interface ${name} {\n${lines.join('')}}\n`;
}

/** @throws GenerateError in quicktype's words */
export async function generateTs(model: Model): Promise<GeneratedFile[]> {
  const roots = new Roots();
  const config = roots.add('Config', model.config);
  const methods = model.methods.map(({ name, description, input, output }): Member => {
    const takes = roots.add(`${name}Input`, input);
    const gives = roots.add(`${name}Output`, output);
    return {
      name,
      doc: commentLines(description),
      type: (types) => `{ input: ${takes(types)}; output: ${gives(types)} }`,
    };
  });
  const events = model.events.map(
    ({ name, payload }): Member => ({ name, doc: [], type: roots.add(name, payload) }),
  );
  const errors = model.errors.map(({ code, details }): Member => {
    const payload: Payload = details ? { kind: 'value', schema: details } : { kind: 'none' };
    return { name: code, doc: [], type: roots.add(`${typeName(code)}Details`, payload) };
  });
  const reserved = [...RESERVED.filter((name) => !roots.schemas.has(name))];
  const types = await namedTypes(roots.schemas, model.definitions, { ...naming, reserved });
  const configType = config(types);
  const parts = [
    headLines(model, 'ts')
      .map((line) => `// ${line}\n`)
      .join(''),
    [
      `export const libraryName = ${quote(model.name)};\n`,
      `export const libraryVersion = ${quote(model.version)};\n`,
      `export const contractHash =\n  ${quote(model.hash)};\n`,
    ].join(''),
    printTypes(types),
    configType === 'Config'
      ? ''
      : `/** What creating an instance takes. */\nexport type Config = ${configType};\n`,
    printMap('Methods', 'Input and output of each method.', methods, types),
    printMap('Events', 'The payload of each event.', events, types),
    printMap('Errors', 'The details of each declared error, by its code.', errors, types),
  ];
  return [{ path: 'contract.ts', text: parts.filter((part) => part !== '').join('\n') }];
}

/** names.ts: how Go spells the names of a contract. */

import {
  allUpperWordStyle,
  combineWords,
  firstUpperWordStyle,
  isLetterOrDigit,
  legalizeCharacters,
  splitIntoWords,
} from 'quicktype-core';
import { GenerateError } from '../model.js';
import type { Naming } from '../quicktype.js';

const legalize = legalizeCharacters(isLetterOrDigit);
const isUpper = (codePoint: number): boolean => /\p{Lu}/u.test(String.fromCodePoint(codePoint));

/** An exported name: "formatMany" is FormatMany, "NOT_FOUND" NotFound, "html-url" HTMLURL. */
export const exportedName = (raw: string): string =>
  combineWords(
    splitIntoWords(raw),
    legalize,
    firstUpperWordStyle,
    firstUpperWordStyle,
    allUpperWordStyle,
    allUpperWordStyle,
    '',
    isUpper,
  );

/** What the generated files declare whatever the contract is. */
export const OWN_NAMES = [
  'CheckContract',
  'Client',
  'ContractHash',
  'Create',
  'LibraryError',
  'LibraryName',
  'LibraryVersion',
  'NewClient',
  'Open',
  'Ptr',
];

export const goNaming = (reserved: readonly string[]): Naming => ({
  language: 'go',
  typeName: exportedName,
  fieldName: exportedName,
  caseName: exportedName,
  reserved,
  namedUnions: true,
});

const KEYWORDS = new Set(
  `break case chan const continue default defer else fallthrough for func go goto if import
  interface map package range return select struct switch type var`.split(/\s+/),
);

/** A package's name for a library's: "acme.text-tools" is acmetexttools. */
export function packageName(library: string): string {
  const name = library.toLowerCase().replace(/[^a-z0-9]+/g, '');
  return /^[a-z]/.test(name) && !KEYWORDS.has(name) ? name : `lib${name}`;
}

/** @throws GenerateError for what cannot be one */
export function checkPackageName(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !KEYWORDS.has(name) && name !== '_') return name;
  throw new GenerateError(`${JSON.stringify(name)} cannot be the name of a Go package`);
}

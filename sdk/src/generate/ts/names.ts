/** names.ts: how the names of a contract are written in TypeScript. */

import {
  allUpperWordStyle,
  combineWords,
  firstUpperWordStyle,
  isLetterOrDigit,
  legalizeCharacters,
  splitIntoWords,
} from 'quicktype-core';
import type { Naming } from '../quicktype.js';

/** What generated files use by these names, or call so themselves. */
export const RESERVED =
  `Array AsyncDisposable Boolean Client Config Date Error Errors Events Function
  Map Methods Number Object Promise Record Set String Symbol Types Uint8Array URL`.split(/\s+/);

const isStart = (codePoint: number): boolean => /\p{Lu}/u.test(String.fromCodePoint(codePoint));

export const typeName = (raw: string): string =>
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

/** As a member of a class: `with-dash` is `withDash`, and `HTTPGet` is `httpGet`. */
export const memberName = (raw: string): string => {
  const name = typeName(raw);
  return name.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+/u, (start) => start.toLowerCase());
};

export const naming: Naming = {
  language: 'typescript',
  typeName,
  fieldName: (raw) => raw,
  caseName: (raw) => raw,
  reserved: RESERVED,
  namedUnions: false,
};

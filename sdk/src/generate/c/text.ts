/** text.ts: names, comments and literals of C. */

import type { Payload } from '../model.js';
import { Names } from '../names.js';
import { readable } from '../readable.js';

const LINE_MAX = 96;

export const snake = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase() || 'unnamed';

export const upper = (name: string): string => name.toUpperCase();

/** A C string literal: what is not plain ASCII as octal, which ends after three digits. */
export const literal = (text: string): string => {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
    return plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
};

export function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LINE_MAX) {
      lines.push(line);
      line = `    ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

export const block = (lines: readonly string[]): string =>
  `/**\n${lines.map((line) => ` *${line === '' ? '' : ` ${line}`}\n`).join('')} */\n`;

export const crossing = (payload: Payload, role: string): string => {
  if (payload.kind === 'none') return `${role}: nothing`;
  if (payload.kind === 'bytes') return `${role}: bytes as they are`;
  return `${role}: CBOR of ${readable(payload.schema)}`;
};

export interface Named<T> {
  readonly own: string;
  readonly of: T;
}

/** Each with a name in C of its own. */
export function named<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  taken: readonly string[] = [],
): Named<T>[] {
  const names = new Names(taken);
  return all.map((of) => ({ own: names.take(snake(nameOf(of))), of }));
}

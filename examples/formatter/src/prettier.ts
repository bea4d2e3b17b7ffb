// prettier.ts: one text through prettier, with what can go wrong put into words and places.
//
// The result is that of `prettier.format` in plain Node, byte for byte. No file is read and no
// configuration is searched for: what decides is in the arguments.

import type { Options } from 'prettier';
import { format } from 'prettier/standalone';
import { plugins } from './plugins.js';

/** A text that is not of its language. Lines and columns count from 1. */
export class SyntaxProblem extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
  }
}

/** A file whose name says nothing about its language, or a parser that there is not. */
export class UnknownLanguage extends Error {}

interface PrettierError extends Error {
  loc?: { start?: { line: number; column: number } };
}

/** Prettier ends the message with the place and a drawing of the code around it. */
const withoutPlace = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/ \(\d+:\d+\)$/, '');

/** Prettier's names for it; an option that cannot be, the other ConfigError, our schemas refuse. */
const UNKNOWN = ['UndefinedParserError', 'ConfigError'];

function explain(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  if (UNKNOWN.includes(thrown.name)) return new UnknownLanguage(thrown.message);
  const place = (thrown as PrettierError).loc?.start;
  if (place === undefined) return thrown;
  return new SyntaxProblem(withoutPlace(thrown.message), place.line, place.column);
}

/** Prettier's own; one that is undefined is one that is not there. */
export type TextOptions = { [name in keyof Options]?: Options[name] | undefined };

/**
 * @param source the text
 * @param options `filepath` or `parser` says which language it is
 * @throws SyntaxProblem, UnknownLanguage
 */
export async function formatText(source: string, options: TextOptions): Promise<string> {
  try {
    return await format(source, { ...(options as Options), plugins: [...plugins] });
  } catch (thrown) {
    throw explain(thrown);
  }
}

// schemas.ts: what goes into the library and comes out of it.

import { uint8, uint16, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

/** Prettier's options, by its names; see prettier.io/docs/options. */
export const formatOptions = z
  .strictObject({
    printWidth: uint16(),
    tabWidth: uint8().max(100),
    useTabs: z.boolean(),
    semi: z.boolean(),
    singleQuote: z.boolean(),
    jsxSingleQuote: z.boolean(),
    quoteProps: z.enum(['as-needed', 'consistent', 'preserve']),
    trailingComma: z.enum(['all', 'es5', 'none']),
    bracketSpacing: z.boolean(),
    bracketSameLine: z.boolean(),
    objectWrap: z.enum(['preserve', 'collapse']),
    arrowParens: z.enum(['always', 'avoid']),
    proseWrap: z.enum(['always', 'never', 'preserve']),
    htmlWhitespaceSensitivity: z.enum(['css', 'strict', 'ignore']),
    vueIndentScriptAndStyle: z.boolean(),
    endOfLine: z.enum(['lf', 'crlf', 'cr', 'auto']),
    embeddedLanguageFormatting: z.enum(['auto', 'off']),
    singleAttributePerLine: z.boolean(),
    experimentalTernaries: z.boolean(),
    experimentalOperatorPosition: z.enum(['start', 'end']),
  })
  .partial()
  .meta({ id: 'FormatOptions' });

/** For all files of an instance; a file's own options come on top. */
export const config = z.strictObject({ options: formatOptions.optional() });

/** A text, and by its path or the name of a parser the language that it is in. */
export const source = z
  .strictObject({
    path: z.string().optional(),
    parser: z.string().optional(),
    source: z.string(),
    options: formatOptions.optional(),
  })
  .meta({ id: 'Source' });

/** Where a text is not of its language; both count from 1. */
export const place = z.strictObject({ line: uint32(), column: uint32() }).meta({ id: 'Place' });

export const formatted = z.strictObject({ formatted: z.string(), changed: z.boolean() });

export const problem = z.strictObject({
  code: z.enum(['SYNTAX', 'UNKNOWN_LANGUAGE']),
  message: z.string(),
  place: place.optional(),
});

/** One of the two: what became of the file, or why nothing did. */
export const fileResult = z.strictObject({
  path: z.string(),
  formatted: z.string().optional(),
  changed: z.boolean().optional(),
  problem: problem.optional(),
});

export const progress = z.strictObject({
  done: uint32(),
  total: uint32(),
  path: z.string(),
});

export type FormatOptions = z.infer<typeof formatOptions>;
export type Source = z.infer<typeof source>;
export type FileResult = z.infer<typeof fileResult>;

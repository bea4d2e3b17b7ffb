// library.ts: prettier as a weir library.
//
// An instance holds the options of its owner and nothing else, so any number of owners can follow
// each other in one environment. A file that is not of its language fails by a declared error, or,
// among many files, by a result of its own.

import { defineLibrary } from '@weir-ffi/sdk';
import * as z from 'zod';
import { formatText, SyntaxProblem, UnknownLanguage } from './prettier.js';
import {
  config,
  type FileResult,
  type FormatOptions,
  fileResult,
  formatted,
  place,
  progress,
  type Source,
  source,
} from './schemas.js';

const file = source.required({ path: true });

async function formatSource(common: FormatOptions, { path, parser, source, options }: Source) {
  const text = await formatText(source, { ...common, ...options, filepath: path, parser });
  return { formatted: text, changed: text !== source };
}

async function formatFile(common: FormatOptions, one: z.infer<typeof file>): Promise<FileResult> {
  const { path } = one;
  try {
    return { path, ...(await formatSource(common, one)) };
  } catch (thrown) {
    if (thrown instanceof UnknownLanguage) {
      return { path, problem: { code: 'UNKNOWN_LANGUAGE', message: thrown.message } };
    }
    if (!(thrown instanceof SyntaxProblem)) throw thrown;
    const { message, line, column } = thrown;
    return { path, problem: { code: 'SYNTAX', message, place: { line, column } } };
  }
}

export default defineLibrary(
  {
    name: 'formatter',
    version: '1.0.0',
    description: 'Formats source code as prettier does.',
    config,
    methods: {
      format: {
        input: source,
        output: formatted,
        description: 'Format one text. Fails with SYNTAX or UNKNOWN_LANGUAGE.',
      },
      check: {
        input: source,
        output: z.strictObject({ ok: z.boolean() }),
        description: 'Say whether a text is already formatted.',
      },
      formatMany: {
        input: z.strictObject({ files: z.array(file) }),
        output: z.strictObject({ results: z.array(fileResult) }),
        description: 'Format files one after the other, with a progress event for each.',
      },
    },
    events: { progress },
    errors: { SYNTAX: place, UNKNOWN_LANGUAGE: z.strictObject({ path: z.string().optional() }) },
  },
  {
    create: ({ options = {} }) => options,
    methods: {
      format: async (input, call) => {
        try {
          return await formatSource(call.state, input);
        } catch (thrown) {
          throw declared(thrown, input, call);
        }
      },
      check: async (input, call) => {
        try {
          return { ok: !(await formatSource(call.state, input)).changed };
        } catch (thrown) {
          throw declared(thrown, input, call);
        }
      },
      formatMany: async ({ files }, call) => {
        const results: FileResult[] = [];
        for (const one of files) {
          call.signal.throwIfAborted();
          results.push(await formatFile(call.state, one));
          const { path } = one;
          await call.emit('progress', { done: results.length, total: files.length, path });
        }
        return { results };
      },
    },
  },
);

interface Failing {
  failure(code: 'SYNTAX', details: z.infer<typeof place>, message: string): Error;
  failure(code: 'UNKNOWN_LANGUAGE', details: { path?: string }, message: string): Error;
}

/** The error that the contract declares for what prettier threw, or that error itself. */
function declared(thrown: unknown, { path }: Source, call: Failing): unknown {
  if (thrown instanceof SyntaxProblem) {
    const { line, column, message } = thrown;
    return call.failure('SYNTAX', { line, column }, message);
  }
  if (!(thrown instanceof UnknownLanguage)) return thrown;
  return call.failure('UNKNOWN_LANGUAGE', path === undefined ? {} : { path }, thrown.message);
}

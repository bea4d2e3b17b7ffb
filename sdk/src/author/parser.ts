/**
 * parser.ts: checks values against Zod schemas, synchronously wherever the schema allows.
 *
 * A schema with an async refinement or transform is found by its functions, before its first use;
 * one that hides its promise (a plain function that returns one) is found at its first use, where
 * that function then runs twice.
 */

import type * as z from 'zod';
import { $ZodAsyncError } from 'zod/v4/core';
import { jsonPointer } from '../wire/index.js';
import { type Subject, ValidationError } from './library-error.js';
import { looksAsync } from './walk.js';

/** Checks a value: gives what the schema makes of it, or throws a ValidationError. */
export type Parser = (value: unknown) => unknown;

/** How many problems a message names; more are counted. */
const PROBLEMS_NAMED = 3;

interface Problem {
  path: PropertyKey[];
  message: string;
}

/** A union says only that nothing matched: the branch that got furthest says why. */
function problemOf(issue: z.core.$ZodIssue): Problem {
  const own = { path: issue.path, message: issue.message };
  if (issue.code !== 'invalid_union') return own;
  const branches = issue.errors
    .filter((issues) => issues.length > 0)
    .map((issues) => problemOf(issues[0] as z.core.$ZodIssue))
    .sort((a, b) => b.path.length - a.path.length);
  const [furthest, next] = branches;
  if (furthest === undefined || furthest.path.length === (next?.path.length ?? -1)) return own;
  return { path: [...issue.path, ...furthest.path], message: furthest.message };
}

const LEAD: Record<Subject, string> = {
  input: 'input',
  config: 'config',
  output: 'the library gave an output that its contract does not allow',
  event: 'the library emitted an event that its contract does not allow',
  details: 'the library failed with details that its contract does not allow',
};

export function validationError(subject: Subject, issues: z.core.$ZodIssue[]): ValidationError {
  const problems = issues.slice(0, PROBLEMS_NAMED).map(problemOf);
  const texts = problems.map(({ path, message }) => {
    const where = jsonPointer(path);
    const why = message.replace(/^Invalid input: /, '');
    return where === '' ? why : `${where}: ${why}`;
  });
  const more = issues.length - texts.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  const path = jsonPointer(problems[0]?.path ?? []);
  const lead = subject === 'input' && path !== '' ? '' : `${LEAD[subject]}: `;
  return new ValidationError(`${lead}${texts.join('; ')}${rest}`, subject, path);
}

/** A checker of one schema. Its result is a promise only when the schema needs one. */
export function makeParser(schema: z.ZodType, subject: Subject): Parser {
  let isAsync: boolean | undefined;
  const settle = (result: z.ZodSafeParseResult<unknown>): unknown => {
    if (result.success) return result.data;
    throw validationError(subject, result.error.issues);
  };
  const parseAsync = (value: unknown) => schema.safeParseAsync(value).then(settle);
  return (value) => {
    isAsync ??= looksAsync(schema);
    if (isAsync) return parseAsync(value);
    let result: z.ZodSafeParseResult<unknown>;
    try {
      result = schema.safeParse(value);
    } catch (error) {
      if (!(error instanceof $ZodAsyncError)) throw error;
      isAsync = true;
      return parseAsync(value);
    }
    return settle(result);
  };
}

// Ceilings on files, functions and lines. Most of the code is far below them.

import { findFunctions } from './functions.js';
import { languageOf } from './mask.js';
import type { Problem, Rule, SourceFile } from './rule.js';

const FILE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const LINE_LENGTH_MAX = 100;
/** The public headers hold tables: a field and its meaning on one line. */
const HEADER_LINE_LENGTH_MAX = 132;
/**
 * A reference for a whole ABI is read from top to bottom, and one `#include` is worth more than
 * short files.
 */
const LONG_FILES = ['cabi/include/weir/weir.h'];

/** Its names come from a contract; a test compares it with what the generator writes. */
const isGenerated = ({ lines }: SourceFile): boolean =>
  /^\/\/ Code generated .* DO NOT EDIT\.$/.test(lines[0] ?? '');

const isPublicHeader = (path: string): boolean => path.startsWith('cabi/include/weir/');

export const fileLength: Rule = {
  name: `no source file is longer than ${FILE_LINES_MAX} lines`,
  needs: 'sources',
  check: (files) =>
    files
      .filter(({ path }) => languageOf(path) && !LONG_FILES.includes(path))
      .filter(({ lines }) => lines.length - 1 > FILE_LINES_MAX)
      .map(({ path, lines }) => ({
        file: path,
        line: FILE_LINES_MAX,
        message: `${lines.length - 1} lines; at most ${FILE_LINES_MAX}`,
      })),
};

export const functionLength: Rule = {
  name: `no function is longer than ${FUNCTION_LINES_MAX} lines`,
  needs: 'sources',
  check: (files) =>
    files.flatMap(({ path, text }): Problem[] => {
      const language = languageOf(path);
      if (!language) return [];
      return findFunctions(text, language)
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ name, firstLine, lines }) => ({
          file: path,
          line: firstLine,
          message: `${name} has ${lines} lines; at most ${FUNCTION_LINES_MAX}`,
        }));
    }),
};

export const lineLength: Rule = {
  name: `no line is over ${LINE_LENGTH_MAX} characters (${HEADER_LINE_LENGTH_MAX} in weir.h)`,
  needs: 'sources',
  check: (files) =>
    files
      .filter((file) => languageOf(file.path) && !isGenerated(file))
      .flatMap(({ path, lines }) => {
        const max = isPublicHeader(path) ? HEADER_LINE_LENGTH_MAX : LINE_LENGTH_MAX;
        return lines.flatMap((text, index): Problem[] => {
          const length = [...text].length;
          if (length <= max) return [];
          return [{ file: path, line: index + 1, message: `${length} characters; at most ${max}` }];
        });
      }),
};

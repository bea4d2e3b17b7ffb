// C, C++ and Go files are in the form that their formatters give them. Biome is a step of its own.

import { dirname, join } from 'node:path';
import { isGo, isNative } from '../lib/files.js';
import { goCommand } from '../lib/go.js';
import { run } from '../lib/run.js';
import type { Problem, Rule } from './rule.js';

const CLANG_FORMAT = 'clang-format-19';

export const clangFormat: Rule = {
  name: `C and C++ files are as ${CLANG_FORMAT} writes them`,
  needs: 'sources',
  check: async (files) => {
    const paths = files.map(({ path }) => path).filter(isNative);
    if (paths.length === 0) return [];
    const { code, output } = await run(CLANG_FORMAT, ['--dry-run', '-Werror', ...paths]);
    if (code === 0) return [];
    const found = [...output.matchAll(/^(\S+):(\d+):\d+: error: .*$/gm)];
    if (found.length === 0) return [{ file: CLANG_FORMAT, line: 1, message: output.trim() }];
    // One report a file: the rest follows from `npm run format`.
    const first = new Map(found.reverse().map((match) => [match[1] ?? '', Number(match[2])]));
    return [...first].map(([file, line]) => ({
      file,
      line,
      message: `not formatted (npm run format -- ${file})`,
    }));
  },
};

export const goFormat: Rule = {
  name: 'Go files are as gofmt writes them',
  needs: 'sources',
  check: async (files) => {
    const paths = files.map(({ path }) => path).filter(isGo);
    if (paths.length === 0) return [];
    const go = goCommand();
    if ('problem' in go) return [{ file: 'gofmt', line: 1, message: go.problem }];
    const { code, output } = await run(join(dirname(go.path), 'gofmt'), ['-l', ...paths]);
    if (code !== 0) return [{ file: 'gofmt', line: 1, message: output.trim() }];
    return output
      .split('\n')
      .filter((path) => path !== '')
      .map(
        (file): Problem => ({
          file,
          line: 1,
          message: `not formatted (npm run format -- ${file})`,
        }),
      );
  },
};

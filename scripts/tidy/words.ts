// Words that must not be in the project.

import type { Problem, Rule, SourceFile } from './rule.js';

/** Each is written so that it does not match itself. */
const FORBIDDEN: [RegExp, string][] = [
  [/(?<![\w.)}])\/(?:work|root|home\/\w+|Users\/\w+|mnt\/\w+)\//, 'a path of one machine'],
  [/[/]{2}(?:registry\.npmjs|registry\.yarnpkg|npm\.pkg|proxy\.golang|pypi)\./, 'a registry host'],
  [/"resolved": "https?:/, 'a registry host'],
  [/\b(?:FIXM[E]|XX[X]|HAC[K])\b/, 'an unfinished place: finish it or open an issue'],
];

/** Real data of the world names whatever it names. */
export const isData = (path: string): boolean => /(^|\/)(data|testdata)\//.test(path);

export function findForbidden({ path, lines }: SourceFile): Problem[] {
  return lines.flatMap((text, index) =>
    FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([pattern, reason]) => ({
      file: path,
      line: index + 1,
      message: `${reason}: ${pattern.exec(text)?.[0]}`,
    })),
  );
}

export const forbiddenWords: Rule = {
  name: 'no machine paths, registry hosts or unfinished places',
  needs: 'sources',
  check: (files) => files.filter(({ path }) => !isData(path)).flatMap(findForbidden),
};

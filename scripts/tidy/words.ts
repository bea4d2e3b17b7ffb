// Words that must not be in the project, and the version, which stands in one place.

import { readFileSync } from 'node:fs';
import { at } from '../lib/paths.js';
import { languageOf } from './mask.js';
import { lineAt, type Problem, type Rule, type SourceFile } from './rule.js';

/** Each is written so that it does not match itself. */
const FORBIDDEN: [RegExp, string][] = [
  [/(?<![\w.)}])\/(?:work|root|home\/\w+|Users\/\w+|mnt\/\w+)\//, 'a path of one machine'],
  [/[/]{2}(?:registry\.npmjs|registry\.yarnpkg|npm\.pkg|proxy\.golang|pypi)\./, 'a registry host'],
  [/"resolved": "https?:/, 'a registry host'],
  [/\b(?:FIXM[E]|XX[X]|HAC[K])\b/, 'an unfinished place: finish it or open an issue'],
];

/** Real data of the world names whatever it names. */
const isData = (path: string): boolean => /(^|\/)(data|testdata)\//.test(path);

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

/** npm writes its lock itself; the changelog is a history. */
const VERSION_MAY_STAND_IN = ['package.json', 'package-lock.json', 'CHANGELOG.md'];

export function findVersion({ path, text }: SourceFile, version: string): Problem[] {
  const literal = version.replaceAll('.', '\\.');
  return [...text.matchAll(new RegExp(`(?<![\\d.])${literal}(?![\\d.])`, 'g'))].map((match) => ({
    file: path,
    line: lineAt(text, match.index),
    message: `the version ${version} stands in package.json alone`,
  }));
}

const mayHoldVersion = (path: string): boolean =>
  !VERSION_MAY_STAND_IN.includes(path) &&
  !isData(path) &&
  (languageOf(path) !== undefined || /(\.(md|cmake|json|mod|in)|CMakeLists\.txt)$/.test(path));

export const oneVersion: Rule = {
  name: 'the version stands in package.json alone',
  needs: 'sources',
  check: (files) => {
    const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string };
    return files
      .filter(({ path }) => mayHoldVersion(path))
      .flatMap((file) => findVersion(file, version));
  },
};

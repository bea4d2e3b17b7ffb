// The version: the top's package.json has it, packages repeat it, and nothing else does.

import { readFileSync } from 'node:fs';
import { at } from '../lib/paths.js';
import { lockWithVersion, packageWithVersion, topVersion } from '../lib/versions.js';
import { languageOf } from './mask.js';
import { lineAt, type Problem, type Rule, type SourceFile } from './rule.js';
import { isData } from './words.js';

const currentVersion = (): string => topVersion(readFileSync(at('package.json'), 'utf8'));

/** npm needs it in its own files; the changelog is a history. */
const MAY_HOLD_IT = /(^|\/)(package(-lock)?\.json|CHANGELOG\.md)$/;

export function findVersion({ path, text }: SourceFile, version: string): Problem[] {
  const literal = version.replaceAll('.', '\\.');
  return [...text.matchAll(new RegExp(`(?<![\\d.])${literal}(?![\\d.])`, 'g'))].map((match) => ({
    file: path,
    line: lineAt(text, match.index),
    message: `the version ${version} stands in package.json alone`,
  }));
}

const isLookedAt = (path: string): boolean =>
  !MAY_HOLD_IT.test(path) &&
  !isData(path) &&
  (languageOf(path) !== undefined || /(\.(md|cmake|json|mod|in)|CMakeLists\.txt)$/.test(path));

export const oneVersion: Rule = {
  name: 'the version stands in package.json alone',
  needs: 'sources',
  check: (files) => {
    const version = currentVersion();
    return files
      .filter(({ path }) => isLookedAt(path))
      .flatMap((file) => findVersion(file, version));
  },
};

/** Where a package or the lock has another version than it should. */
export function findOtherVersion({ path, text, lines }: SourceFile, version: string): Problem[] {
  const change = path === 'package-lock.json' ? lockWithVersion : packageWithVersion;
  const wanted = change(text, version).split('\n');
  return lines.flatMap((line, index) =>
    line === wanted[index]
      ? []
      : [{ file: path, line: index + 1, message: `${line.trim()} is not ${version}: npm version` }],
  );
}

export const packagesHaveTheVersion: Rule = {
  name: "packages have the version of the top's package.json",
  needs: 'sources',
  check: (files) => {
    const version = currentVersion();
    return files
      .filter(({ path }) => /\/package\.json$|^package-lock\.json$/.test(path))
      .flatMap((file) => findOtherVersion(file, version));
  },
};

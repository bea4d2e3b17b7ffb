// Every page under docs/ can be found from docs/README.md, every relative link leads somewhere, and
// what the README and the pages show is what the samples and the results say.

import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { at } from '../lib/paths.js';
import { isPage as isRendered, staleParts } from '../readme/render.js';
import { lineAt, type Problem, type Rule, type SourceFile } from './rule.js';

const INDEX = 'docs/README.md';

interface Link {
  target: string;
  line: number;
}

/** Relative links of a Markdown file, as paths from the root. */
export function relativeLinks({ path, text }: SourceFile): Link[] {
  const prose = text.replace(/```[\s\S]*?```/g, (block) => block.replace(/[^\n]/g, ' '));
  return [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .filter((match) => !/^[a-z]+:/.test(match[1] ?? ''))
    .map((match) => ({
      target: normalize(join(dirname(path), match[1] ?? '')),
      line: lineAt(text, match.index),
    }));
}

const isPage = (path: string): boolean => /^docs\/.*\.md$/.test(path) && path !== INDEX;

export const docsAreLinked: Rule = {
  name: 'every page under docs/ is linked from docs/README.md',
  needs: 'sources',
  check: (files) => {
    const index = files.find(({ path }) => path === INDEX);
    if (!index) return [{ file: INDEX, line: 1, message: 'missing' }];
    const linked = new Set(relativeLinks(index).map(({ target }) => target));
    return files
      .filter(({ path }) => isPage(path) && !linked.has(path))
      .map(({ path }) => ({ file: path, line: 1, message: `not linked from ${INDEX}` }));
  },
};

export const linksLeadSomewhere: Rule = {
  name: 'relative links in Markdown lead to something',
  needs: 'sources',
  check: (files) =>
    files
      .filter(({ path }) => path.endsWith('.md'))
      .flatMap((file): Problem[] =>
        relativeLinks(file)
          .filter(({ target }) => !existsSync(at(target)))
          .map(({ target, line }) => ({
            file: file.path,
            line,
            message: `${target} does not exist`,
          })),
      ),
};

export const readmeIsFresh: Rule = {
  name: 'samples and figures in README.md and docs/ are fresh',
  needs: 'sources',
  check: (files) => {
    const pages = files.filter(({ path }) => isRendered(path));
    if (!pages.some(({ path }) => path === 'README.md')) {
      return [{ file: 'README.md', line: 1, message: 'missing' }];
    }
    return pages.flatMap(({ path, text }) =>
      staleParts(text).map(({ index, message }) => ({
        file: path,
        line: lineAt(text, index),
        message: `${message} (npm run readme)`,
      })),
    );
  },
};

// The generated parts of README.md and of the pages under docs/: samples cut from tested source
// files, and tables made from results.
//
//     <!-- sample:name path -->   ...   <!-- /sample -->
//     <!-- figures:core -->       ...   <!-- /figures -->
//
// A sample stands in its source file between `// [sample:name]` and `// [/sample]`.

import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { at } from '../lib/paths.js';
import { figuresTable, parseResults } from './figures.js';
import { cutSample } from './sample.js';

const FENCE: Record<string, string> = { '.cpp': 'cpp', '.hpp': 'cpp', '.h': 'c', '.mjs': 'js' };

/** Which files may have generated parts. */
export const isPage = (path: string): boolean => /^(README|docs\/.*)\.md$/.test(path);

/** One generated part: its mark, what is between the marks now, and what should be. */
interface Part {
  index: number;
  label: string;
  body: string;
  fresh: string;
  /** Why it cannot be made. */
  problem?: string;
}

function renderSample(name: string, path: string): string {
  if (!existsSync(at(path))) throw new Error(`${path} does not exist`);
  const extension = extname(path);
  const code = cutSample(readFileSync(at(path), 'utf8'), name, path);
  return `\n\`\`\`${FENCE[extension] ?? extension.slice(1)}\n${code}\n\`\`\`\n`;
}

function renderFigures(name: string): string {
  const path = `docs/results/${name}.json`;
  if (!existsSync(at(path))) throw new Error(`${path} does not exist (npm run bench:${name})`);
  return `\n${figuresTable(parseResults(readFileSync(at(path), 'utf8'), path))}\n`;
}

const OPENING = String.raw`<!-- (?<kind>sample|figures):(?<name>[\w-]+)(?: (?<path>\S+))? -->`;
const CLOSING = String.raw`<!-- \/\k<kind> -->`;
const PARTS = new RegExp(`(${OPENING})(?<body>[\\s\\S]*?)(${CLOSING})`, 'g');

function partOf(match: RegExpExecArray | RegExpMatchArray): Part {
  const { kind, name = '', path = '', body = '' } = match.groups ?? {};
  const part = { index: match.index ?? 0, label: `${kind} ${name}`, body };
  try {
    const fresh = kind === 'sample' ? renderSample(name, path) : renderFigures(name);
    return { ...part, fresh };
  } catch (error) {
    return { ...part, fresh: body, problem: error instanceof Error ? error.message : `${error}` };
  }
}

/** Parts that are not as they would be generated now, or cannot be. */
export function staleParts(readme: string): { index: number; message: string }[] {
  return [...readme.matchAll(PARTS)]
    .map(partOf)
    .filter(({ body, fresh, problem }) => problem !== undefined || body !== fresh)
    .map(({ index, label, problem }) => ({
      index,
      message: `${label}: ${problem ?? 'not fresh'}`,
    }));
}

/** The README with all parts made anew; those that cannot be made stay, and are named. */
export function renderReadme(readme: string): { text: string; problems: string[] } {
  const problems: string[] = [];
  const text = readme.replace(PARTS, (...args) => {
    const groups = args.at(-1) as Record<string, string>;
    const match = Object.assign([...args.slice(0, -1)], { groups }) as unknown as RegExpMatchArray;
    const part = partOf(match);
    if (part.problem !== undefined) problems.push(`${part.label}: ${part.problem}`);
    return `${args[1]}${part.fresh}${args[6]}`;
  });
  return { text, problems };
}

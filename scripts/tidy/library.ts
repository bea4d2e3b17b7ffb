// What leaves the release library: exactly the functions that the headers declare, with versions,
// and no dependency but the C library.

import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { at, releaseLibrary, root } from '../lib/paths.js';
import { run } from '../lib/run.js';
import { maskCode } from './mask.js';
import { lineAt, type Problem, type Rule } from './rule.js';

const LIBRARY = relative(root, releaseLibrary);
const HEADERS = ['cabi/include/weir/weir.h', 'cabi/include/weir/library.h'];
/** A host in any language can load the core, whatever C++ runtime it carries itself. */
const MAY_NEED = /^(libc\.so\.6|ld-linux.*)$/;
const VERSION_NODE = /^WEIR_\d+$/;

export interface Declaration {
  name: string;
  line: number;
}

/** The functions that a header declares WEIR_API; macros that would declare one do not count. */
export function declaredFunctions(header: string): Declaration[] {
  const code = maskCode(header, 'c').replace(/^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm, (match) =>
    match.replace(/[^\n]/g, ' '),
  );
  return [...code.matchAll(/\bWEIR_API\b[^;{(]*?\b(\w+)\s*\(/g)].map((match) => ({
    name: match[1] ?? '',
    line: lineAt(code, match.index),
  }));
}

export interface Export {
  name: string;
  version: string;
}

/**
 * Parses `nm -D --defined-only --with-symbol-versions`; the version nodes themselves are left out.
 */
export function parseExports(nm: string): Export[] {
  return nm
    .split('\n')
    .map((line) => /^\S+ (\w) (\S+)$/.exec(line))
    .filter((match) => match !== null && match[1] !== 'A')
    .map((match) => {
      const [name = '', version = ''] = (match?.[2] ?? '').split(/@+/);
      return { name, version };
    });
}

const problem = (message: string, file = LIBRARY, line = 1): Problem => ({ file, line, message });

const notBuilt = (): Problem[] =>
  existsSync(releaseLibrary) ? [] : [problem('not built (npm run build)')];

async function inspect(command: string, args: string[]): Promise<{ text: string } | Problem[]> {
  const missing = notBuilt();
  if (missing.length > 0) return missing;
  const { code, output } = await run(command, [...args, releaseLibrary]);
  return code === 0 ? { text: output } : [problem(`${command}: ${output.trim()}`)];
}

export const exportsMatchHeaders: Rule = {
  name: 'the library exports exactly what the headers declare, each with a version',
  needs: 'library',
  check: async () => {
    const nm = await inspect('nm', ['-D', '--defined-only', '--with-symbol-versions']);
    if (!('text' in nm)) return nm;
    const exported = parseExports(nm.text);
    const names = new Set(exported.map(({ name }) => name));
    const declared = HEADERS.flatMap((file) =>
      declaredFunctions(readFileSync(at(file), 'utf8')).map((found) => ({ ...found, file })),
    );
    const declaredNames = new Set(declared.map(({ name }) => name));
    return [
      ...declared
        .filter(({ name }) => !names.has(name))
        .map(({ name, file, line }) => problem(`${name} is declared and not exported`, file, line)),
      ...exported
        .filter(({ name }) => !declaredNames.has(name))
        .map(({ name }) => problem(`exports ${name}, which no header declares`)),
      ...exported
        .filter(({ version }) => !VERSION_NODE.test(version))
        .map(({ name, version }) => problem(`${name} has the version '${version}'`)),
    ];
  },
};

export const neededLibraries: Rule = {
  name: 'the library needs nothing but the C library',
  needs: 'library',
  check: async () => {
    const dynamic = await inspect('readelf', ['-dW']);
    if (!('text' in dynamic)) return dynamic;
    return [...dynamic.text.matchAll(/\(NEEDED\)[^[]*\[([^\]]+)\]/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !MAY_NEED.test(name))
      .map((name) => problem(`needs ${name}`));
  },
};

export const staysLoaded: Rule = {
  name: 'the library cannot be unloaded under its threads',
  needs: 'library',
  check: async () => {
    const dynamic = await inspect('readelf', ['-dW']);
    if (!('text' in dynamic)) return dynamic;
    const flags = /\(FLAGS_1\)[^\n]*/.exec(dynamic.text)?.[0] ?? '';
    return flags.includes('NODELETE') ? [] : [problem('not linked with -z nodelete')];
  },
};

// plugins.ts: the languages of prettier, as its own command has them.
//
// prettier/standalone knows no language by itself and, unlike prettier's main entry, looks for no
// files: it is the one that fits into one bundle. What knows languages and options is loaded at
// once; a plugin that only parses is loaded by the first file that needs it, as prettier itself
// does, so that an instance that formats CSS pays for no TypeScript parser.

import type { Parser, Plugin } from 'prettier';
import * as estree from 'prettier/plugins/estree';
import * as glimmer from 'prettier/plugins/glimmer';
import * as graphql from 'prettier/plugins/graphql';
import * as html from 'prettier/plugins/html';
import * as markdown from 'prettier/plugins/markdown';
import * as postcss from 'prettier/plugins/postcss';
import * as yaml from 'prettier/plugins/yaml';

interface ParserModule {
  parsers: Record<string, Parser>;
}

/** Prettier takes a function that gives a parser for the parser; its types do not say so. */
function lazy(names: readonly string[], load: () => Promise<unknown>): Plugin {
  const parserOf = (name: string) => async () => {
    const { parsers } = (await load()) as ParserModule;
    return parsers[name];
  };
  const parsers = Object.fromEntries(names.map((name) => [name, parserOf(name)]));
  return { parsers: parsers as unknown as Record<string, Parser> };
}

/** In the order of prettier's main entry, which decides where two plugins know one name. */
export const plugins: readonly Plugin[] = [
  lazy(['acorn', 'espree'], () => import('prettier/plugins/acorn')),
  lazy(
    ['__ng_action', '__ng_binding', '__ng_interpolation', '__ng_directive'],
    () => import('prettier/plugins/angular'),
  ),
  lazy(
    [
      'babel',
      'babel-flow',
      'babel-ts',
      '__js_expression',
      '__ts_expression',
      '__vue_expression',
      '__vue_ts_expression',
      '__vue_event_binding',
      '__vue_ts_event_binding',
      '__babel_estree',
      'json',
      'json5',
      'jsonc',
      'json-stringify',
    ],
    () => import('prettier/plugins/babel'),
  ),
  estree as unknown as Plugin,
  lazy(['flow'], () => import('prettier/plugins/flow')),
  glimmer,
  graphql,
  html,
  markdown,
  lazy(['meriyah'], () => import('prettier/plugins/meriyah')),
  postcss,
  lazy(['typescript'], () => import('prettier/plugins/typescript')),
  yaml,
];

/**
 * Bundles a library's entry with esbuild into one CommonJS module.
 *
 * Guarantees: the same files give the same bytes; no path of this machine stands in the bundle or
 * its map; native addons (`.node`) stay outside and are reported.
 */

import { dirname, relative, resolve } from 'node:path';
import {
  type BuildFailure,
  type BuildResult,
  build,
  formatMessages,
  type Message,
  type Plugin,
} from 'esbuild';
import { CliError } from '../errors.js';
import { oneZod } from './one-copy.js';
import { moduleName, renameModules } from './paths.js';
import type { Project } from './project.js';

/** The Node inside the engine. */
const TARGET = 'node18';
const STDIN_NAME = 'weir-entry.js';
/** Where a module asks for its own place; in a bundle that is the bundle's. */
const META_URL = 'weirBundleUrl';
const META_URL_CODE =
  `var ${META_URL} = typeof __filename === "string" && __filename.startsWith("/") ? ` +
  `require("node:url").pathToFileURL(__filename).href : "file:///weir/bundle.cjs";`;

export interface Bundle {
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  /** Requests of native addons, which are not in the bundle. */
  readonly addons: readonly string[];
  /** What esbuild warns of, one text each. */
  readonly warnings: readonly string[];
  /** How many files are in it. */
  readonly inputs: number;
}

export type BundlePurpose = 'library' | 'contract';

/** What the bundle exports; the import is type-agnostic, the child that runs it checks. */
function entryCode(project: Project, purpose: BundlePurpose): string {
  const path = JSON.stringify(`./${relative(project.root, project.entry)}`);
  return purpose === 'library'
    ? `import library from ${path};\nmodule.exports = { weirLibrary: library.engine };\n`
    : `import * as entry from ${path};\nmodule.exports = entry;\n`;
}

/** Leaves addons outside: under their own name, or for a run on this machine under their path. */
function addonPlugin(purpose: BundlePurpose, found: Set<string>): Plugin {
  return {
    name: 'weir-addons',
    setup({ onResolve }) {
      onResolve({ filter: /\.node$/ }, ({ path, resolveDir }) => {
        found.add(path);
        const here = purpose === 'contract' && path.startsWith('.');
        return { path: here ? resolve(resolveDir, path) : path, external: true };
      });
    },
  };
}

function runEsbuild(
  project: Project,
  purpose: BundlePurpose,
  minify: boolean,
  addons: Set<string>,
) {
  return build({
    stdin: {
      contents: entryCode(project, purpose),
      resolveDir: project.root,
      sourcefile: STDIN_NAME,
      loader: 'js',
    },
    absWorkingDir: project.root,
    bundle: true,
    write: false,
    outfile: 'bundle.cjs',
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    minify,
    sourcemap: purpose === 'library' ? 'external' : 'inline',
    sourcesContent: false,
    metafile: true,
    legalComments: 'eof',
    logLevel: 'silent',
    logOverride: { 'commonjs-variable-in-esm': 'silent' },
    define: { 'import.meta.url': META_URL },
    banner: { js: META_URL_CODE },
    plugins: [addonPlugin(purpose, addons), oneZod(project.root)],
  });
}

const hintFor = (errors: readonly Message[]): string | undefined => {
  const text = errors.map((error) => error.text).join('\n');
  if (text.includes('Top-level await')) {
    return 'await inside create(): a library is loaded synchronously';
  }
  if (text.includes('Could not resolve')) return 'is it installed? npm install';
  return undefined;
};

async function fail(error: unknown): Promise<never> {
  const { errors } = error as Partial<BuildFailure>;
  if (!Array.isArray(errors)) throw error;
  const texts = await formatMessages(errors, { kind: 'error', color: false });
  const first = errors[0];
  const where = first?.location ? `${first.location.file}:${first.location.line}: ` : '';
  const hint = hintFor(errors);
  throw new CliError('ERR_WEIR_BUNDLE', `cannot bundle: ${where}${first?.text ?? 'unknown'}`, {
    more: texts.join('').trimEnd(),
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

/** The map with names instead of places. */
function cleanMap(map: string, root: string, outFolder: string): string {
  const { sources, names, mappings } = JSON.parse(map) as Record<string, string[]>;
  const clean = sources?.map((source) =>
    moduleName(root, relative(root, resolve(outFolder, source))),
  );
  return JSON.stringify({ version: 3, sources: clean, names, mappings });
}

/**
 * @param purpose 'library' for the bundle that goes into the file; 'contract' for one that this
 *   machine runs once to ask the library for its contract, whose module.exports are the entry's
 * @throws CliError ERR_WEIR_BUNDLE with esbuild's own words
 */
export async function bundle(
  project: Project,
  purpose: BundlePurpose,
  minify = false,
): Promise<Bundle> {
  const addons = new Set<string>();
  let result: Awaited<ReturnType<typeof runEsbuild>>;
  try {
    result = await runEsbuild(project, purpose, minify, addons);
  } catch (error) {
    return fail(error);
  }
  const names = new Map(
    Object.keys(result.metafile.inputs).map((path) => [path, moduleName(project.root, path)]),
  );
  const [codeFile, mapFile] = sortOutputs(result);
  const encoder = new TextEncoder();
  const map = mapFile ? cleanMap(mapFile.text, project.root, dirname(mapFile.path)) : '';
  return {
    code: encoder.encode(renameModules(codeFile?.text ?? '', names)),
    map: encoder.encode(map),
    addons: [...addons].sort(),
    warnings: await formatMessages(result.warnings, { kind: 'warning', color: false }),
    inputs: names.size - 1,
  };
}

const sortOutputs = ({ outputFiles = [] }: BuildResult) => [
  outputFiles.find(({ path }) => path.endsWith('.cjs')),
  outputFiles.find(({ path }) => path.endsWith('.map')),
];

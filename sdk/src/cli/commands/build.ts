/** weir build: from TypeScript to one `.weir` file. */

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { type LibraryFile, readLibraryFile } from '../../library-file/library-file.js';
import { assemble, fileNameFor, libraryParts } from '../building/assemble.js';
import { type Bundle, bundle } from '../building/bundle.js';
import { describeLibrary, type LibraryDescription } from '../building/contract.js';
import { findProject, type Project } from '../building/project.js';
import { withTempFolder } from '../cleanup.js';
import { messageOf } from '../errors.js';
import { findRuntime, type RuntimeFolder } from '../find-runtime.js';
import { colorsFor, formatSize, type Io } from '../io.js';
import { type EngineCache, Runtime } from '../runtime.js';
import { runSteps } from '../steps.js';

export interface BuildOptions {
  out?: string;
  minify?: boolean;
  /** Commander's form of --no-cache. */
  cache?: boolean;
  runtime?: string;
  json?: boolean;
}

interface Build {
  project: Project;
  description?: LibraryDescription;
  bundle?: Bundle;
  cache?: EngineCache;
  file: string;
  bytes: Uint8Array;
  notices: string[];
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Ask the engine for the code cache of a library that is not written yet. */
async function makeCache(runtime: RuntimeFolder, bytes: Uint8Array): Promise<EngineCache> {
  return withTempFolder(async (folder) => {
    const path = join(folder, 'library.weir');
    writeFileSync(path, bytes);
    const process = Runtime.start(runtime, path);
    try {
      return await process.codeCache();
    } finally {
      await process.end();
    }
  });
}

/** Write beside it and rename, so that a host never opens half a file. */
function writeWhole(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(draft, bytes);
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function noticesOf({ addons, warnings }: Bundle): string[] {
  const outside = addons.map(
    (addon) =>
      `${addon} is a native addon: it is not in the file. A host must have it where the ` +
      'library asks for it',
  );
  return [...outside, ...warnings.map((warning) => warning.trim())];
}

async function cacheStep(build: Build, runtime: RuntimeFolder): Promise<string> {
  try {
    build.cache = await makeCache(runtime, build.bytes);
  } catch (error) {
    build.notices.push(`no code cache: ${messageOf(error)}. The file works without it`);
    return 'code cache: left out';
  }
  return `code cache for ${build.cache.key}`;
}

const outputOf = (io: Io, project: Project, name: string, out: string | undefined): string =>
  out === undefined ? join(project.root, 'dist', fileNameFor(name)) : resolve(io.cwd, out);

function stepsFor(io: Io, build: Build, options: BuildOptions) {
  const runtime = options.cache === false ? undefined : findRuntime(io, options.runtime);
  const parts = () => {
    if (!build.description || !build.bundle) throw new Error('a step was left out');
    return libraryParts(build.description, build.bundle, build.project.settings);
  };
  return [
    {
      title: 'contract',
      run: async () => {
        const found = await describeLibrary(build.project);
        build.description = found;
        build.file = outputOf(io, build.project, found.name, options.out);
        const methods = plural(found.methods.length, 'method');
        return `contract of ${found.name} ${found.version}: ${methods}`;
      },
    },
    {
      title: 'bundle',
      run: async () => {
        build.bundle = await bundle(build.project, 'library', options.minify);
        build.notices.push(...noticesOf(build.bundle));
        build.bytes = assemble(parts());
        const { inputs, code } = build.bundle;
        return `bundle of ${plural(inputs, 'file')}: ${formatSize(code.length)}`;
      },
    },
    {
      title: 'code cache',
      skip: () => {
        if (options.cache === false) return 'code cache: not wanted';
        if (runtime) return undefined;
        build.notices.push('no code cache: weir_run was not found. The file works without it');
        return 'code cache: weir_run was not found';
      },
      run: async () => (runtime ? cacheStep(build, runtime) : undefined),
    },
    {
      title: 'write',
      run: async () => {
        if (build.cache) build.bytes = assemble(parts(), build.cache);
        writeWhole(build.file, build.bytes);
        return `wrote ${relative(io.cwd, build.file)}`;
      },
    },
  ];
}

const sizesOf = ({ sections }: LibraryFile): Record<string, number> =>
  Object.fromEntries(sections.map(({ name, bytes }) => [name, bytes.length]));

function summaryJson(build: Build, written: LibraryFile): string {
  const { manifest } = written;
  return JSON.stringify({
    ok: true,
    file: build.file,
    name: manifest.name,
    version: manifest.version,
    contractHash: manifest.contract,
    methods: manifest.methods,
    size: build.bytes.length,
    sections: sizesOf(written),
    cacheKey: manifest.cacheKey ?? null,
    addons: build.bundle?.addons ?? [],
    notices: build.notices,
  });
}

function summary(io: Io, build: Build, written: LibraryFile): string {
  const { bold, dim } = colorsFor(io.stdout, io.env);
  const { manifest } = written;
  const sizes = Object.entries(sizesOf(written)).map(
    ([name, size]) => `${name} ${formatSize(size)}`,
  );
  return [
    `${bold(relative(io.cwd, build.file))}  ${formatSize(build.bytes.length)}`,
    `  ${manifest.name} ${manifest.version}, ${plural(manifest.methods.length, 'method')}`,
    dim(`  contract ${manifest.contract}`),
    dim(`  ${sizes.join(', ')}`),
  ].join('\n');
}

/** @throws CliError as building/ says */
export async function buildCommand(io: Io, entry: string | undefined, options: BuildOptions) {
  const project = findProject(io.cwd, entry);
  const build: Build = { project, file: '', bytes: new Uint8Array(), notices: [] };
  await runSteps(io, stepsFor(io, build, options), options.json === true);
  const written = readLibraryFile(build.bytes);
  const text = options.json ? summaryJson(build, written) : summary(io, build, written);
  io.stdout.write(`${text}\n`);
  if (options.json) return;
  const { yellow } = colorsFor(io.stderr, io.env);
  for (const notice of build.notices) io.stderr.write(`${yellow('notice:')} ${notice}\n`);
}

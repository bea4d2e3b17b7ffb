/** weir inspect: what a library file holds. */

import { resolve } from 'node:path';
import type { ContractDocument, JsonSchema } from '../../contract/index.js';
import { readableLines } from '../../generate/readable.js';
import { type LibraryFile, readLibraryFile } from '../../library-file/library-file.js';
import { messageOf } from '../errors.js';
import { findRuntime } from '../find-runtime.js';
import { colorsFor, formatSize, formatTable, type Io } from '../io.js';
import { contractOfFile, readFile } from '../load-contract.js';
import { Runtime } from '../runtime.js';

export interface InspectOptions {
  runtime?: string;
  json?: boolean;
}

interface CacheState {
  key: string | null;
  /** Of the engine that is installed here; null when it could not be asked. */
  engineKey: string | null;
  fits: boolean | null;
  why: string;
}

/** Ask the installed engine which code cache it would make. */
async function engineKey(io: Io, path: string, option?: string): Promise<string | Error> {
  const runtime = findRuntime(io, option);
  if (!runtime) return new Error('weir_run was not found');
  const process = Runtime.start(runtime, resolve(io.cwd, path));
  try {
    return (await process.codeCache()).key;
  } catch (error) {
    return new Error(messageOf(error));
  } finally {
    await process.end();
  }
}

async function cacheState(
  io: Io,
  path: string,
  { manifest, cache }: LibraryFile,
  option?: string,
): Promise<CacheState> {
  const key = manifest.cacheKey ?? null;
  if (cache === undefined) return { key, engineKey: null, fits: null, why: 'none' };
  const asked = await engineKey(io, path, option);
  if (typeof asked !== 'string') {
    return { key, engineKey: null, fits: null, why: `not known whether it fits: ${asked.message}` };
  }
  const fits = asked === key;
  const why = fits
    ? 'fits the engine here'
    : `does not fit the engine here (${asked}); build again`;
  return { key, engineKey: asked, fits, why };
}

function asJson(file: LibraryFile, contract: ContractDocument, cache: CacheState, size: number) {
  const { manifest, sections } = file;
  return {
    ok: true,
    name: manifest.name,
    version: manifest.version,
    engine: manifest.engine,
    contractHash: manifest.contract,
    methods: manifest.methods,
    contract,
    size,
    sections: sections.map(({ name, offset, bytes, sha256 }) => ({
      name,
      offset,
      size: bytes.length,
      sha256,
    })),
    cache: { key: cache.key, engineKey: cache.engineKey, fits: cache.fits },
    ...(manifest.memory === undefined ? {} : { memory: manifest.memory }),
  };
}

const WIDTH = 100;
const type = (schema: JsonSchema | null): string => readableLines(schema, WIDTH, '  ');

function methodLines({ manifest }: LibraryFile, contract: ContractDocument): string[] {
  return manifest.methods.map((name) => {
    const method = contract.methods[name];
    const input = method?.input ? type(method.input) : '';
    return `  ${name}(${input}) → ${type(method?.output ?? null)}`;
  });
}

function asText(
  io: Io,
  file: LibraryFile,
  contract: ContractDocument,
  cache: CacheState,
  size: number,
): string {
  const { bold, dim } = colorsFor(io.stdout, io.env);
  const { manifest, sections } = file;
  const part = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : ['', bold(title), ...lines];
  const facts = [
    ['contract', manifest.contract],
    ['engine', `${manifest.engine.kind}, ABI ${manifest.engine.abi}`],
    ['config', readableLines(contract.config, WIDTH)],
    ['code cache', cache.key === null ? cache.why : `${cache.key}: ${cache.why}`],
  ];
  const events = Object.entries(contract.events).map(
    ([name, schema]) => `  ${name}: ${type(schema)}`,
  );
  const errors = Object.entries(contract.errors).map(
    ([code, schema]) => `  ${code}${schema === null ? '' : `: ${type(schema)}`}`,
  );
  const types = Object.entries(contract.$defs ?? {}).map(
    ([name, schema]) => `  ${name} = ${type(schema)}`,
  );
  const sizes = sections.map(({ name, bytes }) => [`  ${name}`, formatSize(bytes.length)]);
  return [
    `${bold(`${manifest.name} ${manifest.version}`)}  ${dim(formatSize(size))}`,
    formatTable(facts),
    ...part('methods', methodLines(file, contract)),
    ...part('events', events),
    ...part('errors', errors),
    ...part('types', types),
    ...part('sections', [formatTable(sizes)]),
  ].join('\n');
}

/** @throws CliError, LibraryFileError */
export async function inspectCommand(io: Io, path: string, options: InspectOptions): Promise<void> {
  const bytes = readFile(io, path);
  const file = readLibraryFile(bytes);
  const contract = contractOfFile(file);
  const cache = await cacheState(io, path, file, options.runtime);
  const text = options.json
    ? JSON.stringify(asJson(file, contract, cache, bytes.length))
    : asText(io, file, contract, cache, bytes.length);
  io.stdout.write(`${text}\n`);
}

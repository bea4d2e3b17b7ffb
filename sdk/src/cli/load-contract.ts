/**
 * Reads a contract from whatever has one: a library file, a contract's JSON, or the TypeScript of
 * a library.
 */

import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { ContractDocument } from '../contract/index.js';
import { MAGIC } from '../library-file/format.js';
import { type LibraryFile, readLibraryFile } from '../library-file/library-file.js';
import { describeLibrary } from './building/contract.js';
import { findProject } from './building/project.js';
import { CliError, messageOf, systemCode } from './errors.js';
import type { Io } from './io.js';

export function readFile(io: Io, path: string): Uint8Array {
  const absolute = resolve(io.cwd, path);
  try {
    return readFileSync(absolute);
  } catch (error) {
    const reason = systemCode(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new CliError('ERR_WEIR_NOT_FOUND', `${relative(io.cwd, absolute)}: ${reason}`);
  }
}

const isLibraryFile = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;

/** The document of a library file; its version stands in the manifest. */
export function contractOfFile({ contract, manifest }: LibraryFile): ContractDocument {
  const document = parseJson(contract, 'its contract section');
  return checkContract({ ...(document as object), version: manifest.version });
}

function parseJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new CliError('ERR_WEIR_CONTRACT', `${what} is not JSON: ${messageOf(error)}`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkContract(value: unknown): ContractDocument {
  const must = (condition: boolean, message: string) => {
    if (!condition) throw new CliError('ERR_WEIR_CONTRACT', `not a contract: ${message}`);
  };
  must(isRecord(value), 'it is not an object');
  const document = value as Record<string, unknown>;
  must(document.weir === 1, '"weir" is not 1');
  must(typeof document.name === 'string', '"name" is missing');
  for (const part of ['methods', 'events', 'errors'] as const) {
    must(isRecord(document[part]), `"${part}" is missing`);
  }
  for (const [name, method] of Object.entries(document.methods as Record<string, unknown>)) {
    must(isRecord(method) && 'input' in method && 'output' in method, `the method "${name}"`);
  }
  return { version: '', config: null, ...document } as unknown as ContractDocument;
}

/**
 * @throws CliError ERR_WEIR_NOT_FOUND, ERR_WEIR_CONTRACT and those of building/; LibraryFileError
 */
export async function loadContract(io: Io, path: string): Promise<ContractDocument> {
  if (/\.[cm]?[jt]sx?$/.test(path)) {
    const { contract } = await describeLibrary(findProject(io.cwd, path));
    return checkContract(contract);
  }
  const bytes = readFile(io, path);
  if (isLibraryFile(bytes)) return contractOfFile(readLibraryFile(bytes));
  return checkContract(parseJson(bytes, path));
}

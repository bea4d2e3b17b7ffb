/**
 * Reads a contract from whatever has one: a library file, a contract's JSON, or the TypeScript of
 * a library.
 */

import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type ContractDocument, ContractError, parseContract } from '../contract/index.js';
import { MAGIC } from '../library-file/format.js';
import { type LibraryFile, readLibraryFile } from '../library-file/library-file.js';
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
export const contractOfFile = ({ contract, manifest }: LibraryFile): ContractDocument => ({
  ...parsed(contract, 'the contract section'),
  version: manifest.version,
});

function parsed(bytes: Uint8Array, what: string): ContractDocument {
  try {
    const document: Partial<ContractDocument> = parseContract(bytes);
    return { version: '', ...document } as ContractDocument;
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    throw new CliError('ERR_WEIR_CONTRACT', `${what}: ${error.message}`, { cause: error });
  }
}

/**
 * @throws CliError ERR_WEIR_NOT_FOUND, ERR_WEIR_CONTRACT and those of building/; LibraryFileError
 */
export async function loadContract(io: Io, path: string): Promise<ContractDocument> {
  if (/\.[cm]?[jt]sx?$/.test(path)) {
    // The bundler is loaded only where it is needed.
    const { describeLibrary } = await import('./building/contract.js');
    const { findProject } = await import('./building/project.js');
    const { contract } = await describeLibrary(findProject(io.cwd, path));
    return contract as unknown as ContractDocument;
  }
  const bytes = readFile(io, path);
  if (isLibraryFile(bytes)) return contractOfFile(readLibraryFile(bytes));
  return parsed(bytes, path);
}

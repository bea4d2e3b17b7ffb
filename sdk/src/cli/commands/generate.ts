/** weir generate: typed clients of a library. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { GenerateError, generate, type Target } from '../../generate/generate.js';
import { CliError } from '../errors.js';
import { colorsFor, formatSize, type Io } from '../io.js';
import { loadContract } from '../load-contract.js';

export interface GenerateCommandOptions {
  target: Target;
  out: string;
  /** Of a Go package. */
  package?: string;
  json?: boolean;
}

async function files(io: Io, from: string, { target, package: name }: GenerateCommandOptions) {
  if (name !== undefined && target !== 'go') {
    throw new CliError('ERR_WEIR_USAGE', '--package is for --target go');
  }
  const contract = await loadContract(io, from);
  try {
    return await generate(target, contract, { packageName: name });
  } catch (error) {
    if (error instanceof GenerateError) {
      throw new CliError('ERR_WEIR_GENERATE', error.message, { cause: error });
    }
    throw error;
  }
}

export async function generateCommand(
  io: Io,
  from: string,
  options: GenerateCommandOptions,
): Promise<void> {
  const folder = resolve(io.cwd, options.out);
  const written = (await files(io, from, options)).map(({ path, text }) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return { file, size: Buffer.byteLength(text) };
  });
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ ok: true, target: options.target, files: written })}\n`);
    return;
  }
  const { dim } = colorsFor(io.stdout, io.env);
  for (const { file, size } of written) {
    io.stdout.write(`${relative(io.cwd, file)}  ${dim(formatSize(size))}\n`);
  }
}

/** weir call: one request to a library, from the shell. */

import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ContractDocument, JsonSchema } from '../../contract/index.js';
import { readLibraryFile } from '../../library-file/library-file.js';
import { CliError } from '../errors.js';
import { requireRuntime } from '../find-runtime.js';
import { colorsFor, type Io } from '../io.js';
import { contractOfFile, readFile } from '../load-contract.js';
import { jsonFrom, parseFailure, payloadFrom } from '../payload.js';
import { type Reply, Runtime } from '../runtime.js';
import { statusName } from '../status.js';

export interface CallOptions {
  config?: string;
  events?: boolean;
  timeout?: number;
  runtime?: string;
  json?: boolean;
}

/** How long a library that ignores its timeout may take to say so. */
const GRACE_MS = 10_000;

interface Target {
  contract: ContractDocument;
  method: string;
  input: JsonSchema | null;
  output: JsonSchema | null;
}

function findTarget(io: Io, path: string, method: string): Target {
  const file = readLibraryFile(readFile(io, path));
  const contract = contractOfFile(file);
  const found = Object.hasOwn(contract.methods, method) ? contract.methods[method] : undefined;
  if (!found) {
    throw new CliError(
      'ERR_WEIR_UNKNOWN_METHOD',
      `${file.manifest.name} has no method "${method}"`,
      {
        hint: `it has ${file.manifest.methods.join(', ')}`,
        exitCode: 2,
      },
    );
  }
  return { contract, method, input: found.input, output: found.output };
}

/** The argument; without one, or with "-", what stdin holds if it is not a terminal. */
async function inputText(io: Io, target: Target, argument: string | undefined) {
  if (argument !== undefined && argument !== '-') return argument;
  if (target.input === null && argument === undefined) return undefined;
  if (argument === undefined && io.stdin.isTTY) return undefined;
  const given = await text(io.stdin);
  return given.trim() === '' ? undefined : given;
}

/** An object without required members may be left out. */
const configText = (schema: JsonSchema | null, option: string | undefined): string | undefined =>
  option ?? (schema?.type === 'object' && schema.required === undefined ? '{}' : undefined);

function failed({ status, payload }: Reply, what: string): CliError {
  const { message, code, details, path, stack } = parseFailure(payload);
  const place = path === undefined || path === '' ? '' : ` (at ${path})`;
  const name = statusName(status);
  const more = [
    ...(details === undefined ? [] : [`details: ${JSON.stringify(details)}`]),
    ...(stack === undefined ? [] : [stack]),
  ].join('\n');
  const words = `${code === undefined ? '' : `${code}: `}${message}${place}`;
  return new CliError('ERR_WEIR_REQUEST', `${what} failed, ${name}: ${words}`, {
    more,
    data: {
      status: name,
      libraryMessage: message,
      ...(code === undefined ? {} : { libraryCode: code }),
      ...(details === undefined ? {} : { details }),
      ...(path === undefined ? {} : { path }),
      ...(stack === undefined ? {} : { stack }),
    },
  });
}

function printEvent(io: Io, { contract }: Target, json: boolean, name: string, data: Uint8Array) {
  const payload = jsonFrom(contract.events[name] ?? null, data);
  if (json) {
    io.stdout.write(`${JSON.stringify({ event: name, payload })}\n`);
    return;
  }
  const { dim } = colorsFor(io.stderr, io.env);
  io.stderr.write(`${dim(name)}${payload === undefined ? '' : ` ${JSON.stringify(payload)}`}\n`);
}

async function converse(
  runtime: Runtime,
  target: Target,
  payloads: { config: Uint8Array; input: Uint8Array },
  options: CallOptions,
): Promise<Uint8Array> {
  // Both at once, so that events of create are heard.
  const [created] = await Promise.all([
    runtime.create(payloads.config),
    options.events ? runtime.listen() : undefined,
  ]);
  if (created.status !== 0) throw failed(created, 'create');
  const reply = await runtime.request(target.method, payloads.input, options.timeout ?? 0);
  if (reply.status !== 0) throw failed(reply, target.method);
  return reply.payload;
}

/** @throws CliError: exit code 1 when the library says no, 2 when the input cannot be */
export async function callCommand(
  io: Io,
  path: string,
  method: string,
  argument: string | undefined,
  options: CallOptions,
): Promise<void> {
  const target = findTarget(io, path, method);
  const input = await inputText(io, target, argument);
  const { contract } = target;
  const payloads = {
    config: payloadFrom(
      contract,
      contract.config,
      configText(contract.config, options.config),
      'config',
    ),
    input: payloadFrom(contract, target.input, input, 'input'),
  };
  const folder = requireRuntime(io, options.runtime);
  const runtime = Runtime.start(folder, resolve(io.cwd, path), {
    onEvent: (name, data) => printEvent(io, target, options.json === true, name, data),
    onOutput: (printed) => void io.stderr.write(printed),
  });
  const guard =
    options.timeout === undefined
      ? undefined
      : setTimeout(() => runtime.kill(), options.timeout + GRACE_MS);
  try {
    const answer = await converse(runtime, target, payloads, options);
    const result = jsonFrom(target.output, answer);
    if (options.json) io.stdout.write(`${JSON.stringify({ ok: true, result })}\n`);
    else if (result !== undefined) io.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await runtime.end();
    clearTimeout(guard);
  }
}

/**
 * The manifest of a library file: what a host must know before it runs anything.
 *
 * Guarantee: what parseManifest accepts, the engine accepts. Members that it does not know are
 * left out, so that a later minor addition does not make older readers fail.
 */

import { LibraryFileError } from './format.js';

/** A request names a method by a number of 16 bits; 0 means "by name". */
export const METHODS_MAX = 65_535;
/** Bytes of UTF-8, as WEIR_NAME_LENGTH_MAX in weir.h. */
export const NAME_LENGTH_MAX = 255;

export interface Manifest {
  readonly format: 1;
  readonly name: string;
  readonly version: string;
  readonly engine: { readonly kind: 'node'; readonly abi: number };
  /** The contract's hash, hex: SHA-256 of the contract section. */
  readonly contract: string;
  /** Method number 1 is the first. */
  readonly methods: readonly string[];
  /** Limits that the author asks for; a pool's options override them. */
  readonly memory?: { readonly heapMiB?: number };
  /** The engine that the code cache was made by. Present exactly when the file has a cache. */
  readonly cacheKey?: string;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8');

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new LibraryFileError(`manifest: ${message}`);
}

function checkName(value: unknown, what: string): asserts value is string {
  must(typeof value === 'string' && value !== '', `${what} must be a text that is not empty`);
  must(!LONE_SURROGATE.test(value), `${what} is not valid Unicode`);
  must(!value.includes('\0'), `${what} contains a zero character`);
  must(utf8Length(value) <= NAME_LENGTH_MAX, `${what} is longer than ${NAME_LENGTH_MAX} bytes`);
}

function checkMethods(value: unknown): asserts value is string[] {
  must(Array.isArray(value), 'methods must be an array');
  must(value.length <= METHODS_MAX, `more than ${METHODS_MAX} methods`);
  const seen = new Set<unknown>();
  value.forEach((name: unknown, index) => {
    checkName(name, `methods[${index}]`);
    must(!seen.has(name), `the method ${JSON.stringify(name)} stands twice`);
    seen.add(name);
  });
}

function checkMemory(value: unknown): asserts value is { heapMiB?: number } {
  must(isObject(value), 'memory must be an object');
  const { heapMiB } = value;
  const valid = heapMiB === undefined || (Number.isSafeInteger(heapMiB) && Number(heapMiB) > 0);
  must(valid, 'memory.heapMiB must be a whole number above 0');
}

/**
 * Check a value against the manifest's rules.
 *
 * @throws LibraryFileError that names the member
 */
export function checkManifest(value: unknown): Manifest {
  must(isObject(value), 'must be an object');
  const { format, name, version, engine, contract, methods, memory, cacheKey } = value;
  must(format === 1, `format is ${JSON.stringify(format)}; this reader knows 1`);
  checkName(name, 'name');
  checkName(version, 'version');
  must(isObject(engine), 'engine must be an object');
  must(engine.kind === 'node', `engine.kind is ${JSON.stringify(engine.kind)}, not "node"`);
  const abi = engine.abi;
  must(Number.isSafeInteger(abi) && Number(abi) > 0, 'engine.abi must be a whole number above 0');
  must(typeof contract === 'string' && /^[0-9a-f]{64}$/.test(contract), 'contract is no SHA-256');
  checkMethods(methods);
  if (memory !== undefined) checkMemory(memory);
  if (cacheKey !== undefined) checkName(cacheKey, 'cacheKey');
  return {
    format: 1,
    name,
    version,
    engine: { kind: 'node', abi: abi as number },
    contract,
    methods: [...methods],
    ...(memory?.heapMiB === undefined ? {} : { memory: { heapMiB: memory.heapMiB } }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
  };
}

/** The bytes of a manifest; members always stand in the same order. */
export const formatManifest = (manifest: Manifest): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(checkManifest(manifest)));

/** @throws LibraryFileError when the bytes are not UTF-8, not JSON or not a manifest */
export function parseManifest(bytes: Uint8Array): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new LibraryFileError(`manifest: ${(error as Error).message}`);
  }
  return checkManifest(value);
}

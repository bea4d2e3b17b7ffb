/** Refuses a definition that could not become a library, with words on what to change. */

import type { Code } from './adapter.js';
import { payloadKind } from './payload.js';
import type { LibrarySpec, Schema } from './types.js';

/** Methods are numbered with 16 bits, from 1. */
const METHODS_MAX = 65_535;
/** Bytes of a name: the C ABI keeps its length in one byte. */
const NAME_MAX = 255;

const LIBRARY_NAME = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/;
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,99}$/;
const MEMBER_NAME = /^[A-Za-z_][A-Za-z0-9_.:/-]*$/;
const ERROR_CODE = /^[A-Z][A-Z0-9_]*$/;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

function checkSchema(where: string, value: unknown): void {
  if (value === undefined) return;
  if (!isSchema(value)) throw new TypeError(`${where}: not a schema of Zod 4`);
  try {
    payloadKind(value);
  } catch (error) {
    throw new TypeError(`${where}: ${(error as Error).message}`);
  }
}

function checkNames(what: string, names: readonly string[], pattern: RegExp): void {
  for (const name of names) {
    if (name.length > NAME_MAX || !pattern.test(name)) {
      throw new TypeError(`${what} ${JSON.stringify(name)}: a name matches ${pattern.source}`);
    }
  }
}

function checkHandlers(spec: LibrarySpec, code: Code): void {
  for (const name of Object.keys(spec.methods)) {
    if (typeof code.methods[name] !== 'function') {
      throw new TypeError(`method ${name} is declared and has no handler`);
    }
  }
  for (const name of Object.keys(code.methods)) {
    if (!Object.hasOwn(spec.methods, name)) {
      throw new TypeError(`handler ${name} belongs to no declared method`);
    }
  }
}

/** @throws TypeError that names the part which is wrong */
export function checkSpec(spec: LibrarySpec, code: Code): void {
  if (!LIBRARY_NAME.test(spec.name)) {
    throw new TypeError(`name ${JSON.stringify(spec.name)}: it matches ${LIBRARY_NAME.source}`);
  }
  if (!VERSION.test(spec.version)) {
    throw new TypeError(`version ${JSON.stringify(spec.version)}: such as 1.2.3`);
  }
  const methods = Object.entries(spec.methods);
  if (methods.length === 0) throw new TypeError('a library has at least one method');
  if (methods.length > METHODS_MAX) throw new TypeError(`more than ${METHODS_MAX} methods`);
  checkNames('method', Object.keys(spec.methods), MEMBER_NAME);
  checkNames('event', Object.keys(spec.events ?? {}), MEMBER_NAME);
  checkNames('error', Object.keys(spec.errors ?? {}), ERROR_CODE);
  checkSchema('config', spec.config);
  for (const [name, { input, output }] of methods) {
    checkSchema(`methods.${name}.input`, input);
    checkSchema(`methods.${name}.output`, output);
  }
  for (const [name, schema] of Object.entries(spec.events ?? {})) {
    checkSchema(`events.${name}`, schema);
  }
  for (const [code, schema] of Object.entries(spec.errors ?? {})) {
    checkSchema(`errors.${code}`, schema);
  }
  checkHandlers(spec, code);
}

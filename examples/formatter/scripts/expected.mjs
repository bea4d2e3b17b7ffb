// What prettier itself makes of files: the results with which a host compares those of the library.
//
// One plain Node process that calls prettier's main entry, as its own command does. Results are
// kept by prettier's version, the options, the path and the content, so that a second run is quick.
//
// standard input   {"root": folder, "cache": folder, "files": [{"path", "options"}, …]}
// standard output  a line {"path", "result"} for each, in order; `result` is a file of the cache
//                  with {"formatted"} or {"error": {"message", "line", "column"}}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** @typedef {{ path: string, options: import('prettier').Options }} Wanted */

const { version } = createRequire(import.meta.url)('prettier/package.json');
/** Loaded by the first file that is not in the cache. */
const prettier = () => import('prettier');

/**
 * @param {string} source
 * @param {Wanted} wanted
 */
async function format(source, { path, options }) {
  try {
    const { format } = await prettier();
    return { formatted: await format(source, { ...options, filepath: path }) };
  } catch (thrown) {
    /** @type {any} */
    const error = thrown;
    const place = error?.loc?.start;
    if (!place) throw error;
    const message = error.message.split('\n')[0].replace(/ \(\d+:\d+\)$/, '');
    return { error: { message, line: place.line, column: place.column } };
  }
}

/**
 * @param {string} cache
 * @param {string} source
 * @param {Wanted} wanted
 */
async function resultFile(cache, source, wanted) {
  const key = JSON.stringify([version, wanted.options, wanted.path, source]);
  const result = join(cache, `${createHash('sha256').update(key).digest('hex')}.json`);
  if (!existsSync(result)) {
    const draft = `${result}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(await format(source, wanted)));
    renameSync(draft, result);
  }
  return result;
}

const { root, cache, files } = JSON.parse(await text(process.stdin));
mkdirSync(cache, { recursive: true });
for (const wanted of files) {
  const source = readFileSync(join(root, wanted.path), 'utf8');
  const result = await resultFile(cache, source, wanted);
  process.stdout.write(`${JSON.stringify({ path: wanted.path, result })}\n`);
}

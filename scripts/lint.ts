// npm run lint: clang-tidy over the native sources. Slow (seconds a file), so it is not a part of
// npm test.

import { availableParallelism } from 'node:os';
import { parseCommandLine } from './lib/args.js';
import { configureAndBuild } from './lib/cmake.js';
import { projectFiles } from './lib/files.js';
import { buildFolder } from './lib/paths.js';
import { endOnSignals, isEnding, run } from './lib/run.js';

const help = `usage: npm run lint [-- <path prefix>...]

Runs clang-tidy-19 over the C++ files of cabi/src and examples, or over those whose
path begins with a prefix.
`;

const { positionals } = parseCommandLine(
  { allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } },
  help,
);
const prefixes = positionals.length > 0 ? positionals : ['cabi/src/', 'examples/'];
const files = projectFiles().filter(
  (path) => /(?<!_test)\.(c|cpp)$/.test(path) && prefixes.some((prefix) => path.startsWith(prefix)),
);
endOnSignals();

/** Takes files from the front until none is left; several of these run side by side. */
async function worker(queue: string[], failed: string[]): Promise<void> {
  for (let file = queue.shift(); file !== undefined && !isEnding(); file = queue.shift()) {
    const result = await run('clang-tidy-19', ['--quiet', '-p', buildFolder('release'), file]);
    if (result.code === 0) continue;
    failed.push(file);
    process.stdout.write(result.output);
  }
}

async function lint(): Promise<number> {
  // The compile commands say how each file is built; generated headers must be there.
  const built = await configureAndBuild('release');
  if (built.code !== 0) {
    process.stdout.write(built.output);
    return 1;
  }
  const queue = [...files];
  const failed: string[] = [];
  await Promise.all(Array.from({ length: availableParallelism() }, () => worker(queue, failed)));
  process.stdout.write(`${files.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await lint();

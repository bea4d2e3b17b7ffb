// npm start: build the release, then run the main job, the Go host over the bookmarks library.
// Arguments after -- go to the host.

import { existsSync } from 'node:fs';
import { configureAndBuild } from './lib/cmake.js';
import { goCommand } from './lib/go.js';
import { at } from './lib/paths.js';
import { endOnSignals, run } from './lib/run.js';

const HOST_FOLDER = at('examples/go-host');
const HOST_PROGRAM = at('build/release/bin/go-host');

async function start(hostArguments: string[]): Promise<number> {
  const go = goCommand();
  if ('problem' in go) {
    process.stderr.write(`start: ${go.problem}\n`);
    return 1;
  }
  if (!existsSync(HOST_FOLDER)) {
    process.stderr.write('start: examples/go-host is missing\n');
    return 1;
  }
  process.stdout.write('start: building the core and the bookmarks library\n');
  const built = await configureAndBuild('release', { targets: ['weir', 'bookmarks'], show: true });
  if (built.code !== 0) return built.code;

  process.stdout.write(`start: building the Go host with Go ${go.version}\n`);
  const hostBuilt = await run(go.path, ['build', '-o', HOST_PROGRAM, '.'], {
    cwd: HOST_FOLDER,
    env: go.env,
    show: true,
  });
  if (hostBuilt.code !== 0) return hostBuilt.code;
  return (await run(HOST_PROGRAM, hostArguments, { show: true })).code;
}

endOnSignals(false);
process.exitCode = await start(process.argv.slice(2));

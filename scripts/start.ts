// npm start: build the release, then run the main job, the Go host over the bookmarks library.
// Arguments after -- go to the host.

import { configureAndBuild } from './lib/cmake.js';
import { goCommand } from './lib/go.js';
import { buildHost, hostProgram } from './lib/host.js';
import { endOnSignals, run } from './lib/run.js';

async function start(hostArguments: string[]): Promise<number> {
  const go = goCommand();
  if ('problem' in go) {
    process.stderr.write(`start: ${go.problem}\n`);
    return 1;
  }
  process.stdout.write('start: building the core and the bookmarks library\n');
  const built = await configureAndBuild('release', { targets: ['weir', 'bookmarks'], show: true });
  if (built.code !== 0) return built.code;

  process.stdout.write(`start: building the Go host with Go ${go.version}\n`);
  const host = await buildHost(go, true);
  process.stdout.write(host.output);
  if (host.code !== 0) return host.code;
  return (await run(hostProgram, hostArguments, { show: true })).code;
}

endOnSignals(false);
process.exitCode = await start(process.argv.slice(2));

// npm start: build the release and the formatter, then run the main job, the Go host over the
// formatter, a library in TypeScript; or, where there is no libnode, over the bookmarks library.
// Arguments after -- go to the host.

import { configureAndBuild } from './lib/cmake.js';
import { goCommand } from './lib/go.js';
import { buildHost, hostProgram } from './lib/host.js';
import { endOnSignals, run } from './lib/run.js';
import { buildTypeScript } from './lib/typescript.js';

const say = (text: string) => process.stdout.write(`start: ${text}\n`);

async function start(hostArguments: string[]): Promise<number> {
  const go = goCommand();
  if ('problem' in go) {
    process.stderr.write(`start: ${go.problem}\n`);
    return 1;
  }
  say('building the core, the engine and the bookmarks library');
  const built = await configureAndBuild('release', { targets: ['main_job'], show: true });
  if (built.code !== 0) return built.code;

  say('building the formatter, a library in TypeScript');
  const formatter = await buildTypeScript(true);
  if (formatter.code !== 0) return formatter.code;

  say(`building the Go host with Go ${go.version}`);
  const host = await buildHost(go, true);
  process.stdout.write(host.output);
  if (host.code !== 0) return host.code;
  return (await run(hostProgram, hostArguments, { show: true })).code;
}

endOnSignals(false);
process.exitCode = await start(process.argv.slice(2));

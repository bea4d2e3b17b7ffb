// Makes what the package @weir-ffi/node has beside its sources; npm pack runs it.
//
//     dist/                        its JavaScript
//     prebuilds/<platform>-<arch>  the addon, the core and, where libnode is, the engine; stripped
//     core/                        the core's sources, for installations that compile

import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseCommandLine } from './lib/args.js';
import { configureAndBuild } from './lib/cmake.js';
import { at, buildFolder } from './lib/paths.js';
import { endOnSignals, type RunResult, run } from './lib/run.js';

const PACKAGE = 'bindings/node';

const help = `usage: npm run package:node

Fills dist, prebuilds and core of ${PACKAGE} from this checkout, as npm pack does before it packs.
`;

/** To where in core/ what of the checkout goes; tests stay behind. */
const CORE: Record<string, string> = {
  'cabi/include': 'include',
  'cabi/src': 'src',
  'cabi/weir.map': 'weir.map',
  'build/release/generated': 'generated',
};

async function must(what: string, running: Promise<RunResult>): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) throw new Error(`${output.trimEnd()}\n${what} failed`);
}

function copyCore(): void {
  const core = at(PACKAGE, 'core');
  rmSync(core, { recursive: true, force: true });
  for (const [from, to] of Object.entries(CORE)) {
    mkdirSync(dirname(join(core, to)), { recursive: true });
    const filter = (path: string) => !path.endsWith('_test.cpp');
    cpSync(at(from), join(core, to), { recursive: true, filter });
  }
}

/** The addon has the C library in its name, so that no other is given it. */
async function prebuild(): Promise<void> {
  const folder = at(PACKAGE, 'prebuilds', `${process.platform}-${process.arch}`);
  await must('the release build', configureAndBuild('release', { targets: ['weir_prebuilt'] }));
  rmSync(dirname(folder), { recursive: true, force: true });
  const from = ['--install', buildFolder('release'), '--component', 'prebuilt'];
  await must('the copy', run('cmake', [...from, '--strip', '--prefix', folder]));
  renameSync(join(folder, 'weir_addon.node'), join(folder, 'weir_addon.napi.glibc.node'));
}

parseCommandLine({ options: { help: { type: 'boolean', short: 'h' } } }, help);
endOnSignals();
try {
  const tsc = at('node_modules/typescript/bin/tsc');
  await must('tsc', run(process.execPath, [tsc, '-b', at(PACKAGE, 'tsconfig.build.json')]));
  await prebuild();
  copyCore();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

// The step over the npm packages: packed, installed in an empty folder elsewhere, and used there by
// the README's sample; with the prebuilt addon, with one that the installation compiles, and with
// neither.

import {
  accessSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { at } from '../lib/paths.js';
import { type RunResult, run } from '../lib/run.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

const SAMPLE = 'greet.mjs';
const GREETED = 'event greeted: Ada\nGood evening, Ada!\nHANDLER greet: whom?\n';
const NO_COMPILER = 'no python3, no make, no g++ to compile it with. koffi';
const PREBUILT = `prebuilds/${process.platform}-${process.arch}`;

class StepFailed extends Error {}

async function must(what: string, running: Promise<RunResult>): Promise<string> {
  const { code, output } = await running;
  if (code !== 0) throw new StepFailed(`${output.trimEnd()}\n${what} failed`);
  return output;
}

const npm = (cwd: string, args: string[], env: Record<string, string> = {}) =>
  must(`npm ${args.join(' ')}`, run('npm', args, { cwd, env }));

function findProgram(name: string): string {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // The next folder.
    }
  }
  throw new StepFailed(`${name} is not on the PATH`);
}

/** A project that has nothing but the two packages. */
class Consumer {
  readonly folder = mkdtempSync(join(tmpdir(), 'weir-packages-'));
  private readonly installed = join(this.folder, 'node_modules/@weir-ffi/node');

  async install(): Promise<void> {
    const packages = ['-w', '@weir-ffi/sdk', '-w', '@weir-ffi/node'];
    await npm(at(), ['pack', '--silent', '--pack-destination', this.folder, ...packages]);
    const archives = readdirSync(this.folder).map((name) => `./${name}`);
    writeFileSync(join(this.folder, 'package.json'), '{"name":"consumer","private":true}\n');
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund'];
    await npm(this.folder, ['install', ...quietly, ...archives]);
    await must('the release build', configureAndBuild('release', { targets: ['greeter'] }));
    copyFileSync(at('build/release/lib/libgreeter.so'), join(this.folder, 'libgreeter.so'));
    copyFileSync(at('examples/node-host', SAMPLE), join(this.folder, SAMPLE));
  }

  /** Run the package's install script again; what it says. */
  installAgain(env: Record<string, string> = {}): Promise<string> {
    return npm(this.folder, ['rebuild', '--foreground-scripts', '@weir-ffi/node'], env);
  }

  runSample(): Promise<RunResult> {
    const env = { NODE_NO_WARNINGS: '1', WEIR_TRANSPORT: '', WEIR_ADDON: '' };
    return run(process.execPath, [SAMPLE, './libgreeter.so'], { cwd: this.folder, env });
  }

  /** As where no prebuilt addon fits: the core is there for koffi. */
  hidePrebuiltAddon(): void {
    const folder = join(this.installed, PREBUILT);
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.node'))) {
      renameSync(join(folder, name), join(folder, `${name}.hidden`));
    }
  }

  hideCompiledAddon(): void {
    rmSync(join(this.installed, 'build'), { recursive: true });
  }

  /** A folder for the PATH with what npm needs, and no compiler. */
  plainPrograms(): string {
    const folder = join(this.folder, 'programs');
    mkdirSync(folder);
    for (const name of ['node', 'npm', 'sh']) symlinkSync(findProgram(name), join(folder, name));
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function expectText(context: StepContext, what: string, found: string, wanted: string): Counts {
  const right = found.includes(wanted);
  if (!right) context.print(`${what}: "${wanted.trimEnd()}" is not in:\n${found.trimEnd()}`);
  return one(right);
}

async function useThem(consumer: Consumer, context: StepContext): Promise<Counts> {
  const counts: Counts[] = [];
  const greets = async (what: string, transport: string) => {
    const { output } = await consumer.runSample();
    counts.push(expectText(context, what, output, `${GREETED}${transport}\n`));
  };
  context.progress('pack and install');
  await consumer.install();
  await greets('with the prebuilt addon', 'addon');
  const init = ['--no', 'weir', 'init', 'demo', '--no-install'];
  const made = await run('npx', init, { cwd: consumer.folder });
  counts.push(expectText(context, 'weir init', made.output, '7 files in demo'));

  context.progress('without the prebuilt addon: it is compiled');
  consumer.hidePrebuiltAddon();
  await consumer.installAgain();
  await greets('with the compiled addon', 'addon');

  context.progress('without a compiler');
  consumer.hideCompiledAddon();
  const said = await consumer.installAgain({ PATH: consumer.plainPrograms() });
  counts.push(expectText(context, 'the notice', said, NO_COMPILER));
  await greets('without an addon', 'koffi');
  return sum(counts);
}

async function packages(context: StepContext): Promise<Counts> {
  const consumer = new Consumer();
  try {
    return await useThem(consumer, context);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.print(error.message);
    return one(false);
  } finally {
    consumer.remove();
  }
}

export const packageSteps: Step[] = [
  { name: 'packages: installed elsewhere', groups: ['packages', 'node'], run: packages },
];

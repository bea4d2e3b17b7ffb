/**
 * The `weir` command: its subcommands, their options and help, and how a failure is shown.
 *
 * Guarantee: run() never throws and never exits; what it gives is the exit code. A command is
 * loaded when it runs: what generators and bundlers take to load is not paid by the others.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { TARGETS } from '../generate/head.js';
import { LibraryFileError } from '../library-file/format.js';
import type { BuildOptions } from './commands/build.js';
import type { CallOptions } from './commands/call.js';
import type { DiffOptions } from './commands/diff.js';
import type { DoctorOptions } from './commands/doctor.js';
import type { GenerateCommandOptions } from './commands/generate.js';
import type { InitOptions } from './commands/init.js';
import type { InspectOptions } from './commands/inspect.js';
import { CliError, EXIT, messageOf } from './errors.js';
import { sdkFolder } from './find-runtime.js';
import { colorsFor, type Io, wantsColor } from './io.js';

const JSON_OPTION = ['--json', 'print one JSON document instead of text'] as const;
const RUNTIME_OPTION = ['--runtime <dir>', 'folder with bin/weir_run (also WEIR_RUNTIME)'] as const;

/** weir's version stands in the root of its checkout, or, installed, in the sdk's own file. */
function version(): string {
  for (const folder of [join(sdkFolder(), '..'), sdkFolder()]) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if ((name === 'weir' || name === '@weir-ffi/sdk') && version) return version;
    } catch {
      // Not this one.
    }
  }
  return 'unknown';
}

/** Sets the exit code of a command that ends well and says no, as `weir diff` does. */
type SetExit = (code: number) => void;

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`;

function addInit(program: Command, io: Io): void {
  program
    .command('init')
    .description('make a new library, with a test that passes')
    .argument('<dir>', 'a folder that is empty or does not exist')
    .option('--name <name>', "of the library; default: the folder's")
    .option('--git', 'make it a git repository')
    .option('--no-install', 'do not run npm install')
    .option(...JSON_OPTION)
    .addHelpText('after', examples('weir init greeter', 'weir init packages/greeter --no-install'))
    .action(async (folder: string, options: InitOptions) => {
      const { initCommand } = await import('./commands/init.js');
      await initCommand(io, folder, options);
    });
}

function addBuild(program: Command, io: Io): void {
  program
    .command('build')
    .description('build a library file from TypeScript')
    .argument('[entry]', 'default: "weir.entry" in package.json, or src/library.ts')
    .option('-o, --out <file>', 'default: dist/NAME.weir')
    .option('--minify', 'make the bundle smaller; stack traces still map to the source')
    .option('--no-cache', "leave the engine's code cache out")
    .option(...RUNTIME_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('weir build', 'weir build src/library.ts --out tool.weir'))
    .action(async (entry: string | undefined, options: BuildOptions) => {
      const { buildCommand } = await import('./commands/build.js');
      await buildCommand(io, entry, options);
    });
}

function addGenerate(program: Command, io: Io): void {
  program
    .command('generate')
    .description('write a typed client of a library')
    .argument('<library>', 'a .weir file, a contract as JSON, or the TypeScript of a library')
    .addOption(
      new Option('-t, --target <language>', 'language of the client')
        .choices([...TARGETS])
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --out <dir>', 'folder to write to')
    .option('--package <name>', "name of the Go package; default: the library's")
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      examples(
        'weir generate --target go --out client dist/greeter.weir',
        'weir generate --target ts --out src/generated src/library.ts',
      ),
    )
    .action(async (library: string, options: GenerateCommandOptions) => {
      const { generateCommand } = await import('./commands/generate.js');
      await generateCommand(io, library, options);
    });
}

function milliseconds(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 2 ** 32 - 1) return number;
  throw new InvalidArgumentError('It must be a whole number of milliseconds above 0.');
}

function addCall(program: Command, io: Io): void {
  program
    .command('call')
    .description('call one method of a library')
    .argument('<library>', 'a .weir file')
    .argument('<method>', 'name of the method')
    .argument('[json]', 'its input; without it, or with -, stdin. Bytes are base64')
    .option('--config <json>', 'what creating the instance takes')
    .option('--events', 'print events: on stderr, or with --json a line each on stdout')
    .option('--timeout <ms>', 'give up after this time', milliseconds)
    .option(...RUNTIME_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `${examples(
        `weir call dist/greeter.weir greet '{"name":"Ada"}'`,
        'weir call --events --json dist/greeter.weir greet < input.json',
      )}
Exit code 0: the result is on stdout. 1: the library failed. 2: the input cannot be.
`,
    )
    .action(
      async (library: string, method: string, json: string | undefined, options: CallOptions) => {
        const { callCommand } = await import('./commands/call.js');
        await callCommand(io, library, method, json, options);
      },
    );
}

function addInspect(program: Command, io: Io): void {
  program
    .command('inspect')
    .description('show what a library file holds')
    .argument('<library>', 'a .weir file')
    .option(...RUNTIME_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', examples('weir inspect dist/greeter.weir'))
    .action(async (library: string, options: InspectOptions) => {
      const { inspectCommand } = await import('./commands/inspect.js');
      await inspectCommand(io, library, options);
    });
}

function addDiff(program: Command, io: Io, setExit: SetExit): void {
  program
    .command('diff')
    .description('say whether hosts of an old version work with a new one')
    .argument('<old>', 'a .weir file, a contract as JSON, or the TypeScript of a library')
    .argument('<new>', 'the same')
    .option(...JSON_OPTION)
    .addHelpText(
      'after',
      `${examples(
        'weir diff released.weir dist/greeter.weir',
        'weir diff --json old.json src/library.ts',
      )}
Exit code 0: they do. 1: something breaks them.
`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { diffCommand } = await import('./commands/diff.js');
      setExit(await diffCommand(io, before, after, options));
    });
}

function addDoctor(program: Command, io: Io, setExit: SetExit): void {
  program
    .command('doctor')
    .description('say what is installed, what is missing and how to get it')
    .option(...RUNTIME_OPTION)
    .option(...JSON_OPTION)
    .addHelpText('after', '\nExit code 1 when something that is needed is missing.\n')
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./commands/doctor.js');
      setExit(await doctorCommand(io, options));
    });
}

function makeProgram(io: Io, setExit: SetExit): Command {
  const program = new Command('weir')
    .description('Build, inspect and call libraries written in TypeScript.')
    .version(version(), '-V, --version')
    .option('--verbose', 'show stack traces')
    .showHelpAfterError('(--help shows how)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHasColors: () => wantsColor(io.stdout, io.env),
      getErrHasColors: () => wantsColor(io.stderr, io.env),
      outputError: (text, write) => write(text),
    })
    .addHelpText(
      'after',
      examples('weir init greeter', 'weir build', "weir call dist/greeter.weir greet '{…}'"),
    );
  addInit(program, io);
  addBuild(program, io);
  addGenerate(program, io);
  addCall(program, io);
  addInspect(program, io);
  addDiff(program, io, setExit);
  addDoctor(program, io, setExit);
  return program;
}

/** Anything that was thrown, as what the user is shown. */
function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof LibraryFileError) {
    return new CliError('ERR_WEIR_LIBRARY_FILE', error.message, { cause: error });
  }
  return new CliError('ERR_WEIR_INTERNAL', messageOf(error), { cause: error });
}

interface Shown {
  json: boolean;
  verbose: boolean;
}

function showError(io: Io, error: CliError, { json, verbose }: Shown): void {
  if (json) {
    const { code, message, hint, data } = error;
    io.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, hint, ...data } })}\n`);
    return;
  }
  const { red, dim } = colorsFor(io.stderr, io.env);
  const lines = [`${red('error:')} ${error.message} ${dim(`(${error.code})`)}`];
  if (error.more) lines.push(error.more.replace(/^/gm, '  '));
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  const internal = error.code === 'ERR_WEIR_INTERNAL';
  if (verbose) lines.push(String((error.cause as Error | undefined)?.stack ?? error.stack));
  else if (internal) lines.push('hint: --verbose shows where');
  io.stderr.write(`${lines.join('\n')}\n`);
}

/**
 * Run one command line.
 *
 * @param args without the program's name
 * @returns the exit code: 0 done, 1 failed, 2 the command line cannot be
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exit: number = EXIT.ok;
  const program = makeProgram(io, (code) => {
    exit = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exit;
  } catch (error) {
    // Commander has printed what it had to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const shown = asCliError(error);
    showError(io, shown, { json: args.includes('--json'), verbose: args.includes('--verbose') });
    return shown.exitCode;
  }
}

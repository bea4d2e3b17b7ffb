/** weir init: a new library, with a test that passes. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { spawnOwned } from '../cleanup.js';
import { CliError } from '../errors.js';
import { sdkFolder } from '../find-runtime.js';
import { colorsFor, type Io } from '../io.js';
import { scaffoldPackage, sdkDependency } from '../scaffold.js';
import { runSteps, type Step } from '../steps.js';

export interface InitOptions {
  name?: string;
  git?: boolean;
  /** Commander's form of --no-install. */
  install?: boolean;
  json?: boolean;
}

/** The name that the template's files have. */
const TEMPLATE_NAME = 'greeter';
/** From the template's file to the project's: npm leaves a .gitignore out of packages. */
const TEMPLATE_FILES: readonly (readonly [string, string])[] = [
  ['src/library.ts', 'src/library.ts'],
  ['src/library.test.ts', 'src/library.test.ts'],
  ['tsconfig.json', 'tsconfig.json'],
  ['jest.config.js', 'jest.config.js'],
  ['README.md', 'README.md'],
  ['gitignore', '.gitignore'],
];

function checkName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new CliError('ERR_WEIR_USAGE', `${JSON.stringify(name)} cannot be the name of a library`, {
    hint: 'letters, digits, ".", "_" and "-", beginning with a letter: --name greeter',
  });
}

function checkFolder(io: Io, folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new CliError('ERR_WEIR_FOLDER_IN_USE', `${relative(io.cwd, folder) || '.'} is not empty`, {
    hint: 'name a new folder: weir init my-library',
  });
}

function write(folder: string, name: string): string[] {
  const template = join(sdkFolder(), 'template');
  const files = TEMPLATE_FILES.map(([from, to]): [string, string] => {
    const text = readFileSync(join(template, from), 'utf8');
    return [to, text.replaceAll(TEMPLATE_NAME, name)];
  });
  files.push(['package.json', scaffoldPackage(name, sdkDependency(folder))]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return files.map(([path]) => path).sort();
}

/** Run a program in the new folder; its output is shown only when it fails. */
function runIn(folder: string, command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawnOwned(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    const fail = (why: string) =>
      reject(
        new CliError('ERR_WEIR_INSTALL', `${command} ${args[0]} failed: ${why}`, {
          more: output.trim(),
          hint: 'the files are written; run it again there by hand',
        }),
      );
    child.on('error', (error) => fail(error.message));
    child.on('close', (code) => (code === 0 ? resolve() : fail(`exit code ${code}`)));
  });
}

/** @throws CliError ERR_WEIR_USAGE, ERR_WEIR_FOLDER_IN_USE, ERR_WEIR_INSTALL */
export async function initCommand(io: Io, to: string, options: InitOptions): Promise<void> {
  const folder = resolve(io.cwd, to);
  const name = checkName(options.name ?? basename(folder));
  checkFolder(io, folder);
  let files: string[] = [];
  const steps: Step[] = [
    {
      title: 'files',
      run: async () => {
        files = write(folder, name);
        return `${files.length} files in ${relative(io.cwd, folder) || '.'}`;
      },
    },
    {
      title: 'git init',
      skip: () => (options.git ? undefined : 'git init: not wanted'),
      run: async () => {
        await runIn(folder, 'git', ['init', '--quiet']);
        return undefined;
      },
    },
    {
      title: 'npm install',
      skip: () => (options.install === false ? 'npm install: not wanted' : undefined),
      run: async () => {
        await runIn(folder, 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error']);
        return undefined;
      },
    },
  ];
  await runSteps(io, steps, options.json === true);
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ ok: true, name, folder, files })}\n`);
    return;
  }
  const { bold } = colorsFor(io.stdout, io.env);
  const next = [
    `cd ${relative(io.cwd, folder) || '.'}`,
    ...(options.install === false ? ['npm install'] : []),
    'npm test',
    'npx weir build',
    `npx weir call dist/${name}.weir greet '{"name":"Ada"}'`,
  ];
  io.stdout.write(`${bold(name)} is ready. Next:\n${next.map((line) => `  ${line}\n`).join('')}`);
}

/**
 * Asks a library what it is: loads its entry in a Node process of its own and reads the answer.
 *
 * The author's module runs there, with whatever it does when it is loaded: it may print, start
 * timers or never end, so what it prints goes to nobody unless it fails, and its time is limited.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineAbi } from '../../engine-abi.js';
import { killOwned, spawnOwned, withTempFolder } from '../cleanup.js';
import { CliError } from '../errors.js';
import { bundle } from './bundle.js';
import type { Project } from './project.js';

/** Far above what a slow machine needs to load a large library. */
export const LOAD_TIMEOUT_MS = 30_000;
/** Of what a library prints while it loads, this much of the end is shown when it fails. */
const OUTPUT_SHOWN = 4_000;

export interface LibraryDescription {
  readonly name: string;
  readonly version: string;
  readonly abi: number;
  readonly methods: readonly string[];
  /** The contract document. */
  readonly contract: Record<string, unknown>;
}

interface Answer {
  problem?: string;
  library?: LibraryDescription;
}

/** Runs in the child: arguments are the bundle's file and the path it should believe to have. */
const CHILD = `
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const [file, name] = process.argv.slice(1);
const loaded = new Module(name);
loaded.filename = name;
loaded.paths = Module._nodeModulePaths(path.dirname(name));
loaded._compile(fs.readFileSync(file, 'utf8'), name);
function describe(exported) {
  if (!('default' in exported)) return { problem: 'it has no default export' };
  const library = exported.default;
  const { contract, engine } = library ?? {};
  if (typeof contract !== 'object' || contract === null || !Array.isArray(engine?.methods)) {
    const kind = library === null ? 'null' : 'of type ' + typeof library;
    return { problem: 'its default export is ' + kind };
  }
  return {
    library: {
      name: contract.name,
      version: contract.version,
      abi: engine.abi,
      methods: engine.methods.map((method) => method.name),
      contract,
    },
  };
}
fs.writeFileSync(3, JSON.stringify(describe(loaded.exports)));
process.exit(0);
`;

interface ChildResult {
  answer: string;
  output: string;
  timedOut: boolean;
}

function runChild(file: string, root: string, timeoutMs: number): Promise<ChildResult> {
  const name = join(root, 'weir-bundle.cjs');
  const child = spawnOwned(
    process.execPath,
    ['--enable-source-maps', '-e', CHILD, '--', file, name],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const texts = ['', ''];
  const collect = (index: number, stream: NodeJS.ReadableStream | null | undefined) => {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      texts[index] += text;
    });
  };
  collect(0, child.stdio[3] as NodeJS.ReadableStream);
  collect(1, child.stdout);
  collect(1, child.stderr);
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killOwned(child);
    }, timeoutMs);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve({ answer: texts[0] ?? '', output: texts[1] ?? '', timedOut });
    });
  });
}

/** The line of a stack trace that says what was thrown. */
const thrownLine = (output: string): string | undefined =>
  /^(?:Uncaught )?((?:[A-Z]\w*)?Error\b.*)$/m.exec(output)?.[1] ?? output.trim().split('\n')[0];

function readAnswer(
  { answer, output, timedOut }: ChildResult,
  seconds: number,
): LibraryDescription {
  const more = output.trim().slice(-OUTPUT_SHOWN);
  if (timedOut) {
    throw new CliError('ERR_WEIR_LIBRARY_LOAD', `the library did not load in ${seconds} s`, {
      hint: 'what it does when it is imported must end; work belongs into create() or a method',
      more,
    });
  }
  if (answer === '') {
    const reason = thrownLine(output) || 'its process ended';
    throw new CliError('ERR_WEIR_LIBRARY_LOAD', `the library could not be loaded: ${reason}`, {
      more,
    });
  }
  const { problem, library } = JSON.parse(answer) as Answer;
  if (!library) {
    throw new CliError('ERR_WEIR_NOT_A_LIBRARY', `the entry is not a weir library: ${problem}`, {
      hint: 'export default defineLibrary({ … }, { … }) from @weir-ffi/sdk',
    });
  }
  if (library.abi !== engineAbi) {
    throw new CliError(
      'ERR_WEIR_NOT_A_LIBRARY',
      `the library's @weir-ffi/sdk is for engine ABI ${library.abi}, this command for ${engineAbi}`,
      { hint: 'use the weir command of the same @weir-ffi/sdk: npx weir' },
    );
  }
  return library;
}

/** @throws CliError ERR_WEIR_BUNDLE, ERR_WEIR_LIBRARY_LOAD, ERR_WEIR_NOT_A_LIBRARY */
export async function describeLibrary(
  project: Project,
  timeoutMs = LOAD_TIMEOUT_MS,
): Promise<LibraryDescription> {
  const { code } = await bundle(project, 'contract');
  return withTempFolder(async (folder) => {
    const file = join(folder, 'bundle.cjs');
    writeFileSync(file, code);
    return readAnswer(await runChild(file, project.root, timeoutMs), timeoutMs / 1_000);
  });
}

// The step over generated clients: a fresh Go module, a C program and a fresh TypeScript package,
// each made from version 1 of a library, meet versions 1.0, 1.1 (compatible) and 2.0 (not).

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configureAndBuild } from '../lib/cmake.js';
import { type GoCommand, goCommand } from '../lib/go.js';
import { at } from '../lib/paths.js';
import { type RunResult, run } from '../lib/run.js';
import { buildSdk, hasEngine } from '../lib/typescript.js';
import { type Counts, one, type Step, type StepContext, sum } from './step.js';

const SOURCES = 'scripts/test/clients';
const VERSIONS = ['v1', 'v1-1', 'v2'] as const;

const USED = { code: 0, lines: ['added 1 Emma Emma', 'open false', 'full true'] };
const TYPESCRIPT_USED = {
  code: 0,
  lines: ['heard Emma', 'added 1 Emma', 'full 1', 'aborted CANCELED', 'open false'],
};
/** What each host has to say of each version. */
const EXPECTED: Record<'go' | 'c' | 'ts', Record<(typeof VERSIONS)[number], typeof USED>> = {
  go: {
    v1: USED,
    'v1-1': USED,
    v2: {
      code: 3,
      lines: [
        'CONTRACT_MISMATCH: the client is of shelf 1.0.0, the library loaded is shelf 2.0.0',
        '/methods/add/input/properties/author: new required property: hosts do not send it',
        '/events/added: event removed: hosts wait for it',
        'create: true',
      ],
    },
  },
  c: {
    v1: { code: 0, lines: ['OK: ', 'add: OK 1', 'sent: OK 1'] },
    'v1-1': { code: 3, lines: ['the header is of shelf 1.0.0', 'loaded is shelf 1.1.0'] },
    v2: { code: 3, lines: ['CONTRACT_MISMATCH: ', 'loaded is shelf 2.0.0'] },
  },
  ts: {
    v1: TYPESCRIPT_USED,
    'v1-1': TYPESCRIPT_USED,
    v2: {
      code: 3,
      lines: [
        'CONTRACT_MISMATCH: the client was made for shelf 1.0.0, the library is shelf 2.0.0',
        '/methods/add/input/properties/author: new required property (hosts do not send it)',
        '/events/added: event removed (hosts wait for it)',
        'differences 3',
      ],
    },
  },
};

class StepFailed extends Error {}

async function must(what: string, running: Promise<RunResult>): Promise<void> {
  const { code, output } = await running;
  if (code !== 0) throw new StepFailed(`${output.trimEnd()}\n${what} failed`);
}

const weir = (...args: string[]) => run(process.execPath, [at('sdk/bin/weir.js'), ...args]);

async function buildLibraries(folder: string): Promise<void> {
  for (const version of VERSIONS) {
    const source = at(SOURCES, `shelf-${version}.ts`);
    await must(
      `weir build ${source}`,
      weir('build', source, '--out', join(folder, `${version}.weir`)),
    );
  }
}

/** A module that has the client, and weir by a replace line; nothing else of this checkout. */
async function buildGo(folder: string, go: GoCommand): Promise<string> {
  const client = join(folder, 'shelf');
  const from = ['generate', '--target', 'go', '--out', client, join(folder, 'v1.weir')];
  await must('weir generate', weir(...from));
  copyFileSync(at(SOURCES, 'main.go'), join(folder, 'main.go'));
  // The versions of what the client needs: those that the Go example has, which are at hand.
  const module = readFileSync(at('examples/go-host/go.mod'), 'utf8')
    .replace(/^module .*$/m, 'module example.test/shelfhost')
    .replace('../../bindings/go', at('bindings/go'));
  writeFileSync(join(folder, 'go.mod'), module);
  copyFileSync(at('examples/go-host/go.sum'), join(folder, 'go.sum'));
  await must(
    'go build',
    run(go.path, ['build', '-o', 'host-go', '.'], { cwd: folder, env: go.env }),
  );
  return join(folder, 'host-go');
}

async function buildC(folder: string): Promise<string> {
  const from = ['generate', '--target', 'c', '--out', folder, join(folder, 'v1.weir')];
  await must('weir generate', weir(...from));
  const program = join(folder, 'host-c');
  const library = at('build/release/lib');
  const strict = ['-std=c11', '-Wall', '-Wextra', '-Werror', '-pedantic'];
  const paths = [`-I${at('cabi/include')}`, `-I${folder}`, `-L${library}`, `-Wl,-rpath,${library}`];
  const args = [...strict, at(SOURCES, 'host.c'), ...paths, '-lweir', '-o', program];
  await must('cc', run('cc', args));
  return program;
}

const TYPESCRIPT_OPTIONS = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2022', 'ESNext.Disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    skipLibCheck: true,
    rootDir: '.',
    outDir: 'out',
  },
  include: ['*.ts', 'shelf'],
};

/** A package that has the client, compiled; this checkout's packages are installed in it. */
async function buildTypeScript(folder: string): Promise<string> {
  const tsc = at('node_modules/.bin/tsc');
  await must('building @weir-ffi/node', run(tsc, ['-b', at('bindings/node/tsconfig.build.json')]));
  const own = join(folder, 'typescript');
  mkdirSync(own);
  const client = join(own, 'shelf');
  const from = ['generate', '--target', 'ts', '--out', client, join(folder, 'v1.weir')];
  await must('weir generate', weir(...from));
  copyFileSync(at(SOURCES, 'host.ts'), join(own, 'host.ts'));
  symlinkSync(at('node_modules'), join(own, 'node_modules'));
  writeFileSync(join(own, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(own, 'tsconfig.json'), JSON.stringify(TYPESCRIPT_OPTIONS));
  await must('tsc', run(tsc, ['-p', own]));
  return join(own, 'out/host.js');
}

async function meet(
  context: StepContext,
  host: keyof typeof EXPECTED,
  [program = '', ...before]: readonly string[],
  folder: string,
  after: readonly string[] = [],
): Promise<Counts> {
  const counts: Counts[] = [];
  for (const version of VERSIONS) {
    const expected = EXPECTED[host][version];
    const args = [...before, join(folder, `${version}.weir`), ...after];
    const { code, output } = await run(program, args);
    const sound = code === expected.code && expected.lines.every((line) => output.includes(line));
    if (!sound)
      context.print(
        `${[host, ...after].join(' ')} with ${version}: exit code ${code}\n${output.trimEnd()}`,
      );
    counts.push(one(sound));
  }
  return sum(counts);
}

async function meetAll(context: StepContext, folder: string, go: GoCommand): Promise<Counts> {
  await must('building the sdk', buildSdk(false));
  context.progress('three versions of a library');
  await buildLibraries(folder);
  context.progress('a fresh Go module');
  const counts = [await meet(context, 'go', [await buildGo(folder, go)], folder)];
  context.progress('a C program');
  counts.push(await meet(context, 'c', [await buildC(folder)], folder));
  context.progress('a fresh TypeScript package');
  const program = [process.execPath, await buildTypeScript(folder)];
  for (const transport of ['addon', 'koffi']) {
    counts.push(await meet(context, 'ts', program, folder, [transport]));
  }
  return sum(counts);
}

async function clients(context: StepContext): Promise<Counts> {
  const go = goCommand();
  const built = await configureAndBuild('release');
  if ('problem' in go || built.code !== 0) {
    context.print('problem' in go ? go.problem : `${built.output}\nthe release build failed`);
    return one(false);
  }
  if (!hasEngine()) {
    context.print('skipped: the engine was not built, since libnode is not there');
    return { passed: 0, failed: 0 };
  }
  const folder = mkdtempSync(join(tmpdir(), 'weir-clients-'));
  try {
    return await meetAll(context, folder, go);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    context.print(error.message);
    return one(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const clientSteps: Step[] = [
  {
    name: 'clients: in Go, C and TypeScript, with three versions of a library',
    groups: ['clients', 'go', 'typescript'],
    run: clients,
  },
];

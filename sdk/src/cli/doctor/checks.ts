/** checks.ts: each thing that weir works with, whether it is there, and how to get it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import { findRuntime, RUNTIME_HINT, type RuntimeFolder } from '../find-runtime.js';
import type { Io } from '../io.js';
import { type Finding, found, missing, unusable, type Wanted } from './finding.js';
import { engineVersion } from './probe.js';
import { libnodePackage, osRelease, outputOf } from './system.js';

const NODE_MAJOR_MIN = 20;
const GO_MINOR_MIN = 21;

function node(): Finding {
  const wanted = { name: 'Node', needed: true, usedFor: 'the weir command' };
  const { version, execPath } = process;
  if (Number(version.slice(1).split('.')[0]) >= NODE_MAJOR_MIN) {
    return found(wanted, `${version}, ${execPath}`);
  }
  return unusable(wanted, `${version} is too old`, `Node ${NODE_MAJOR_MIN} or later`);
}

interface Search {
  runtime: RuntimeFolder | undefined;
  problem: string;
}

function search(io: Io, option: string | undefined): Search {
  try {
    return { runtime: findRuntime(io, option), problem: 'not found' };
  } catch (error) {
    return { runtime: undefined, problem: messageOf(error) };
  }
}

function weirRun({ runtime, problem }: Search): Finding {
  const wanted: Wanted = {
    name: 'weir_run',
    needed: true,
    usedFor: 'weir call, and the code cache of weir build',
  };
  if (!runtime) return missing(wanted, problem, RUNTIME_HINT);
  return found(wanted, `${runtime.run} (${runtime.from})`);
}

function core({ runtime }: Search): Finding {
  const wanted = { name: 'libweir', needed: true, usedFor: 'every host' };
  if (!runtime) return missing(wanted, 'not found', RUNTIME_HINT);
  const path = join(runtime.folder, 'lib', 'libweir.so.0');
  return existsSync(path)
    ? found(wanted, path)
    : missing(wanted, `there is no ${path}`, RUNTIME_HINT);
}

const ENGINE_HINT = 'build it where libnode and its headers are: in a checkout, npm run build';

const enginePath = ({ runtime }: Search): string | undefined => {
  if (!runtime) return undefined;
  const path = join(runtime.folder, 'lib', 'libweir_node.so');
  return existsSync(path) ? path : undefined;
};

function engine(searched: Search): Finding {
  const wanted = { name: 'libweir_node', needed: true, usedFor: 'libraries in TypeScript' };
  const path = enginePath(searched);
  if (path !== undefined) return found(wanted, path);
  if (!searched.runtime) return missing(wanted, 'not found', RUNTIME_HINT);
  return missing(wanted, 'the runtime was built without it', ENGINE_HINT);
}

/** What the loader finds for the engine, or for a program that wants any libnode. */
function libnode(io: Io, searched: Search): Finding {
  const wanted = { name: 'libnode', needed: true, usedFor: 'libraries in TypeScript' };
  const hint = libnodePackage(osRelease());
  const path = enginePath(searched);
  const linked = path === undefined ? undefined : outputOf(io, 'ldd', [path]);
  const line = /^\s*(libnode\.so\S*) => (.*?)(?: \(0x[0-9a-f]+\))?$/m.exec(linked ?? '');
  if (line?.[2] === 'not found') return missing(wanted, `${line[1]} is not installed`, hint);
  if (line) return found(wanted, line[2] ?? '');
  const cache = outputOf(io, 'ldconfig', ['-p']) ?? outputOf(io, '/sbin/ldconfig', ['-p']) ?? '';
  const cached = /^\s*libnode\.so\S* .* => (\S+)$/m.exec(cache)?.[1];
  return cached === undefined ? missing(wanted, 'not found', hint) : found(wanted, cached);
}

async function starts(searched: Search): Promise<Finding> {
  const wanted = { name: 'engine starts', needed: true, usedFor: 'libraries in TypeScript' };
  if (!searched.runtime || enginePath(searched) === undefined) {
    return missing(wanted, 'not tried', 'first what is missing above');
  }
  try {
    return found(wanted, `Node ${await engineVersion(searched.runtime)} inside`);
  } catch (error) {
    return unusable(wanted, messageOf(error), libnodePackage(osRelease()));
  }
}

function go(io: Io): Finding {
  const wanted = { name: 'Go', needed: false, usedFor: 'hosts in Go' };
  const hint = `Go 1.${GO_MINOR_MIN} or later, from go.dev or the system's packages`;
  const version = /go(\d+)\.(\d+)\S*/.exec(outputOf(io, 'go', ['version']) ?? '');
  if (!version) return missing(wanted, 'not found', hint);
  if (version[1] === '1' && Number(version[2]) < GO_MINOR_MIN) {
    return unusable(wanted, `${version[0]} is too old`, hint);
  }
  return found(wanted, version[0]);
}

function compiler(io: Io): Finding {
  const wanted = { name: 'gcc', needed: false, usedFor: 'hosts in C, and cgo for hosts in Go' };
  const version = outputOf(io, 'gcc', ['-dumpfullversion'])?.trim();
  if (version) return found(wanted, version);
  return missing(wanted, 'not found', "apt-get install build-essential, or the system's like");
}

/** All checks, what is needed first. */
export async function runChecks(io: Io, runtimeOption?: string): Promise<Finding[]> {
  const searched = search(io, runtimeOption);
  return [
    node(),
    weirRun(searched),
    core(searched),
    engine(searched),
    libnode(io, searched),
    await starts(searched),
    go(io),
    compiler(io),
  ];
}

/**
 * guards.ts: what a library may not do to the process that it is a guest in. Installed first in
 * each environment.
 *
 *   process.env            a copy: writes do not reach the host's environment
 *   process.exit, abort    end the instance, not the host
 *   process.kill, signals  refused, as are the working directory, users and the file mask
 *   child processes        refused: Node would install a handler for SIGCHLD, which is the host's
 *   stdout, stderr         written at once, without making the host's descriptors non-blocking
 */
import type { Writable } from 'node:stream';
import { type Modules, RefusedError } from './modules.js';
import type { Native } from './native.js';

export function installGuards(native: Native, modules: Modules): void {
  process.env = { ...process.env };
  guardExit(native);
  guardProcess();
  guardSignals();
  guardOutput(native, modules);
}

function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

function guardExit(native: Native): void {
  const exit = (code?: number | string) => {
    native.end(`the library called process.exit(${code ?? process.exitCode ?? 0})`);
  };
  set(process, 'exit', exit);
  set(process, 'reallyExit', exit);
  set(process, 'abort', () => native.end('the library called process.abort()'));
}

const refusedFunctions = [
  'kill',
  '_kill',
  '_debugProcess',
  'chdir',
  'setuid',
  'seteuid',
  'setgid',
  'setegid',
  'setgroups',
  'initgroups',
];

function guardProcess(): void {
  for (const name of refusedFunctions) {
    set(process, name, () => {
      throw new RefusedError(`process.${name}`);
    });
  }
  const read = process.umask;
  set(process, 'umask', (mask?: number | string) => {
    if (mask !== undefined) {
      throw new RefusedError('a change by process.umask');
    }
    return Reflect.apply(read, process, []);
  });
}

type Listen = (event: string | symbol, listener: (...values: unknown[]) => void) => NodeJS.Process;

function guardSignals(): void {
  for (const name of ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener']) {
    const original = Reflect.get(process, name) as Listen;
    const guarded: Listen = (event, listener) => {
      if (typeof event === 'string' && event.startsWith('SIG')) {
        throw new RefusedError(`a listener to ${event}`);
      }
      return Reflect.apply(original, process, [event, listener]);
    };
    set(process, name, guarded);
  }
}

function guardOutput(native: Native, modules: Modules): void {
  for (const [name, descriptor] of Object.entries({ stdout: 1, stderr: 2 })) {
    let stream: Writable | undefined;
    Object.defineProperty(process, name, {
      get: () => {
        stream ??= makeOutput(native, modules, descriptor);
        return stream;
      },
      configurable: true,
    });
  }
}

/** Made when it is first used: loading streams takes a tenth of the time of an environment. */
function makeOutput(native: Native, modules: Modules, descriptor: number): Writable {
  const { Writable: Stream } = modules.requireOf('/')('stream') as { Writable: typeof Writable };
  const stream = new Stream({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      native.print(descriptor, String(chunk));
      done();
    },
  });
  return Object.assign(stream, { fd: descriptor, isTTY: false });
}

/**
 * guards.ts: what a library may not do to the process that it is a guest in. Installed first in
 * each environment.
 *
 *   process.env            a copy: writes do not reach the host's environment
 *   process.exit, abort    end the instance, not the host
 *   process.kill, signals  refused
 *   child processes        refused: Node would install a handler for SIGCHLD, which is the host's
 *   stdout, stderr         written at once, without making the host's descriptors non-blocking
 */
import Module from 'node:module';
import type { Writable } from 'node:stream';
import type { Native } from './native.js';

const refusedNames = new Set(['child_process', 'cluster']);

/** In place of a module that is refused: one whose functions say so. undefined for all others. */
export function refusedModule(request: unknown): object | undefined {
  const name = typeof request === 'string' ? request.replace(/^node:/, '') : '';
  return refusedNames.has(name) ? makeRefused(name) : undefined;
}

export class RefusedError extends Error {
  readonly code = 'ERR_WEIR_REFUSED';

  constructor(what: string) {
    super(`${what} is refused in a weir library: the process is the host's`);
    this.name = 'RefusedError';
  }
}

export function installGuards(native: Native): void {
  process.env = { ...process.env };
  guardExit(native);
  guardSignals();
  guardModules();
  guardOutput(native);
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
  set(process, 'kill', () => {
    throw new RefusedError('process.kill');
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

/** A module whose functions say that they are refused, when they are called. */
function makeRefused(name: string): object {
  return new Proxy(
    {},
    {
      get: (_target, member) =>
        typeof member === 'symbol' || member === '__esModule' || member === 'then'
          ? undefined
          : () => {
              throw new RefusedError(`${name}.${member}`);
            },
    },
  );
}

interface ModuleLoader {
  _load(request: string, ...rest: unknown[]): unknown;
}

function guardModules(): void {
  const loader = Module as unknown as ModuleLoader;
  const load = loader._load;
  loader._load = (request, ...rest) =>
    refusedModule(request) ?? Reflect.apply(load, loader, [request, ...rest]);
}

function guardOutput(native: Native): void {
  for (const [name, descriptor] of Object.entries({ stdout: 1, stderr: 2 })) {
    let stream: Writable | undefined;
    Object.defineProperty(process, name, {
      get: () => {
        stream ??= makeOutput(native, descriptor);
        return stream;
      },
      configurable: true,
    });
  }
}

/** Made when it is first used: loading streams takes a tenth of the time of an environment. */
function makeOutput(native: Native, descriptor: number): Writable {
  const load = Module.createRequire('/');
  const { Writable: Stream } = load('stream') as { Writable: typeof Writable };
  const stream = new Stream({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      native.print(descriptor, String(chunk));
      done();
    },
  });
  return Object.assign(stream, { fd: descriptor, isTTY: false });
}

/**
 * fake-weir-run.ts: a weir_run for tests, in plain Node: loads the bundle of a library file and
 * answers frames as the real one does. Bundled into a program by fake-runtime.ts.
 *
 * Names of methods that it answers itself, whatever the library is: `fake.exit` ends it in the
 * middle of the request, `fake.garbage` writes what is no frame, `fake.silent` never answers.
 */

import { readFileSync } from 'node:fs';
import Module from 'node:module';
import type { EngineInstance, EngineLibrary } from '../../engine-abi.js';
import { readLibraryFile } from '../../library-file/library-file.js';
import { KIND, OP } from '../frames.js';

/** What the fake says that its engine is. */
const CACHE_KEY = 'fake-engine-1';
const STATUS_UNKNOWN_METHOD = 10;
const STATUS_CREATE_FAILED = 15;
const STATUS_LIBRARY_INVALID = 20;

const empty = new Uint8Array();

function send(kind: number, id: number, status: number, rest: Uint8Array): void {
  const frame = Buffer.alloc(13 + rest.length);
  frame.writeUInt32LE(9 + rest.length, 0);
  frame.writeUInt8(kind, 4);
  frame.writeUInt32LE(id, 5);
  frame.writeInt32LE(status, 9);
  frame.set(rest, 13);
  process.stdout.write(frame);
}

function named(name: string, bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(2 + Buffer.byteLength(name));
  head.writeUInt16LE(head.length - 2, 0);
  head.write(name, 2);
  return Buffer.concat([head, bytes]);
}

function load(path: string): EngineLibrary {
  const { bundle } = readLibraryFile(readFileSync(path));
  const loaded = new Module(path) as Module & { _compile(code: string, name: string): void };
  loaded._compile(Buffer.from(bundle).toString('utf8'), path);
  const { weirLibrary, ...others } = loaded.exports as { weirLibrary: EngineLibrary };
  if (Object.keys(others).length > 0) throw new Error('the bundle exports more than weirLibrary');
  return weirLibrary;
}

class Host {
  private listening = false;
  private state: unknown;
  private readonly aborter = new AbortController();
  private readonly instance: EngineInstance;

  constructor(private readonly library: EngineLibrary) {
    this.instance = {
      signal: this.aborter.signal,
      emit: async (name, data) => {
        if (this.listening) send(KIND.event, 0, 0, named(name, data));
      },
    };
  }

  async take(op: number, id: number, rest: Buffer): Promise<void> {
    if (op === OP.create)
      await this.answer(id, async () => this.create(rest), STATUS_CREATE_FAILED);
    else if (op === OP.request) await this.request(id, rest);
    else if (op === OP.listen) {
      this.listening = true;
      send(KIND.answer, id, 0, empty);
    } else if (op === OP.cache) send(KIND.cache, id, 0, named(CACHE_KEY, Buffer.from([1, 2, 3])));
    else if (op === OP.destroy) {
      this.aborter.abort();
      await this.library.destroy(this.state);
      send(KIND.answer, id, 0, empty);
      process.stdout.end(() => process.exit(0));
    }
  }

  private async create(config: Uint8Array): Promise<Uint8Array> {
    this.state = await this.library.create(this.instance, config);
    return empty;
  }

  private async answer(
    id: number,
    work: () => Promise<Uint8Array | undefined>,
    failed?: number,
  ): Promise<void> {
    try {
      send(KIND.answer, id, 0, (await work()) ?? empty);
    } catch (error) {
      const { status, payload } = this.library.describeFailure(error);
      send(KIND.answer, id, failed ?? status, payload);
    }
  }

  private async request(id: number, rest: Buffer): Promise<void> {
    const end = 2 + rest.readUInt16LE(0);
    const name = rest.toString('utf8', 2, end);
    if (name === 'fake.exit') process.exit(7);
    if (name === 'fake.garbage') process.stdout.write(Buffer.alloc(64, 255));
    if (name.startsWith('fake.')) return;
    const method = this.library.methods.find((one) => one.name === name);
    if (!method) {
      send(KIND.answer, id, STATUS_UNKNOWN_METHOD, Buffer.from(`no method ${name}`));
      return;
    }
    const timeout = rest.readUInt32LE(end);
    const call = {
      signal: this.aborter.signal,
      deadline: timeout === 0 ? undefined : Date.now() + timeout,
      instance: this.instance,
    };
    const data = new Uint8Array(rest.subarray(end + 4));
    await this.answer(id, async () => method.handle(this.state, data, call));
  }
}

function serve(host: Host): void {
  let buffered = Buffer.alloc(0);
  let work = Promise.resolve();
  process.stdin.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readUInt32LE(0)) {
      const frame = buffered.subarray(4, 4 + buffered.readUInt32LE(0));
      buffered = buffered.subarray(4 + frame.length);
      work = work.then(() =>
        host.take(frame.readUInt8(0), frame.readUInt32LE(1), frame.subarray(5)),
      );
    }
  });
}

// As the real one: frames are the only thing on stdout.
console.log = console.error;
try {
  serve(new Host(load(process.argv[2] ?? '')));
} catch (error) {
  send(KIND.answer, 0, STATUS_LIBRARY_INVALID, Buffer.from(String((error as Error).message)));
  process.exitCode = 1;
}

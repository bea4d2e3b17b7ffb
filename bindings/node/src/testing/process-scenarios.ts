/**
 * process-scenarios.ts: programs that process.test.ts starts, by the name in their first argument.
 * WEIR_TRANSPORT says over which transport; the second argument is the path of the echo library.
 */

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createTransport } from '../create-transport.js';
import { RecordingHost } from './recording-host.js';

const [scenario, path] = isMainThread ? process.argv.slice(2) : (workerData as string[]);

const open = (): RecordingHost => new RecordingHost(createTransport(), path as string);

const spawn = (name: string): Worker =>
  new Worker(new URL(import.meta.url), { workerData: [name, path] });

const messageOf = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

const scenarios: Record<string, () => Promise<void>> = {
  /** An open pool, an open context and nothing that waits: the process ends by itself. */
  async idle() {
    const host = open();
    console.log(textOf((await host.ask(1, host.create(), 'echo', 'answered')).payload));
    host.transport.unref();
  },

  async twice() {
    for (const host of [open(), open()]) {
      console.log(textOf((await host.ask(1, host.create(), 'echo', host.transport.kind)).payload));
      host.transport.unref();
    }
  },

  /** A request that waits is all that keeps the process alive. */
  async pending() {
    const host = open();
    console.log(textOf((await host.ask(1, host.create(), 'sleep_async', '200')).payload));
    host.transport.unref();
  },

  async exit() {
    const host = open();
    const context = host.create();
    host.submit(1, context, 'never');
    host.submit(2, context, 'echo');
    host.transport.flush();
    await host.until(() => host.results.has(2));
    process.exit(3);
  },

  /** Three threads are ended in the middle of their work; the main thread goes on with its own. */
  async terminate() {
    const workers = ['busy', 'busy', 'closing'].map(spawn);
    await Promise.all(workers.map(messageOf));
    const host = open();
    const context = host.create();
    await Promise.all(workers.map((worker) => worker.terminate()));
    console.log(textOf((await host.ask(1, context, 'echo', 'goes on')).payload));
    host.transport.unref();
  },

  /** In a worker: asks for ever, with one more request that nobody answers. */
  async busy() {
    const host = open();
    const context = host.create();
    host.submit(1, host.create(), 'never');
    const askForEver = async (owner: number): Promise<void> => {
      for (;;) {
        await host.ask(owner, context, 'echo');
      }
    };
    for (let owner = 2; owner < 34; owner++) {
      void askForEver(owner);
    }
    parentPort?.postMessage('busy');
  },

  /** In a worker: closes a pool whose handler takes its time. */
  async closing() {
    const host = open();
    host.submit(1, host.create(), 'sleep', '300');
    host.transport.flush();
    void host.close();
    parentPort?.postMessage('closing');
  },

  /** Two threads and the main one at the same time. */
  async threads() {
    const workers = ['echo', 'echo'].map(spawn);
    const host = open();
    const own = host.ask(1, host.create(), 'echo', 'main');
    const others = await Promise.all(workers.map(messageOf));
    console.log([...others, textOf((await own).payload)].join(' '));
    host.transport.unref();
  },

  async echo() {
    const host = open();
    parentPort?.postMessage(textOf((await host.ask(1, host.create(), 'echo', 'thread')).payload));
    host.transport.unref();
  },
};

await scenarios[scenario as string]?.();

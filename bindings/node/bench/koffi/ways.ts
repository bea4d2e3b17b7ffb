/**
 * ways.ts: other ways in which JavaScript could learn of responses through koffi. None of them
 * ships; docs/decisions/0013 says why. All send in batches as the transport does, and copy no
 * payload.
 *
 *   callback   one for each response, on the context's event thread
 *   notify     a callback when the queue turns from empty to not empty, on the worker; then a drain
 *   wait       weir_queue_wait on a thread of libuv's pool, again and again
 *   poll       koffi's own poll of the queue's descriptor; then a drain
 */

import { layout } from '../../src/abi/layout.js';
import { POOL_OPTIONS, RECORD } from '../../src/abi/structs.js';
import { Core } from '../../src/koffi/core.js';
import { loadKoffi } from '../../src/koffi/koffi.js';
import { Memory, Struct } from '../../src/koffi/memory.js';
import { Outbox } from '../../src/koffi/outbox.js';
import type { Ask } from '../in-flight.js';

export const WAYS = ['callback', 'notify', 'wait', 'poll'] as const;
export type Way = (typeof WAYS)[number];

const QUEUE_OPTIONS = layout({
  structSize: 'u32',
  spinUs: 'u32',
  notify: 'pointer',
  userData: 'u64',
});
const CAPACITY = 1024;
const OWNER = RECORD.offset.userData / 4;
const RECORD_WORDS = RECORD.size / 4;
const DELIVER = { queue: 1, callback: 2 } as const;
/** Milliseconds that a wait on a thread of libuv lasts at most. */
const LONGEST_WAIT = 1_000;

/** @param corePath of libweir.so; `path` of the echo library */
export function startWay(
  way: Way,
  corePath: string,
  path: string,
): { ask: Ask; close: () => Promise<unknown> } {
  const koffi = loadKoffi();
  const core = new Core(koffi, corePath);
  const { functions, out } = core;
  const settle: (() => void)[] = [];
  const free: number[] = [];
  const arrived = (owner: number): void => {
    free.push(owner);
    settle[owner]?.();
  };

  const records = new Memory(koffi, CAPACITY * RECORD.size);
  const deliver = (count: number): void => {
    for (let index = 0; index < count; index++) {
      arrived(records.words[index * RECORD_WORDS + OWNER] as number);
    }
    functions.weir_records_release(records.address, count);
  };
  const drain = (): void => {
    let count: number;
    do {
      functions.weir_queue_drain(queue, records.address, CAPACITY, out.address);
      count = out.words[0] as number;
      deliver(count);
    } while (count === CAPACITY);
  };

  const queueOptions = new Struct(koffi, QUEUE_OPTIONS);
  if (way === 'notify') {
    const type = koffi.pointer(koffi.proto('void', ['uintptr_t']));
    queueOptions.set('notify', Number(koffi.register(drain, type)));
  }
  functions.weir_queue_create(queueOptions.address, out.address, 0);
  const queue = out.readLong(0);

  const poolOptions = new Struct(koffi, POOL_OPTIONS);
  poolOptions.set('delivery', way === 'callback' ? DELIVER.callback : DELIVER.queue);
  if (way === 'callback') {
    const type = koffi.pointer(koffi.proto('void', ['uintptr_t', 'uintptr_t']));
    const onRecord = (_record: number, owner: number): void => arrived(owner);
    poolOptions.set('callback', Number(koffi.register(onRecord, type)));
  } else {
    poolOptions.set('queue', queue);
  }

  const bytes = Buffer.from(path);
  core.check(functions.weir_library_load(bytes, bytes.length, out.address, 0), 'load');
  const library = out.readLong(0);
  const name = Buffer.from('echo');
  functions.weir_library_method(library, name, name.length, out.address);
  const method = out.words[0] as number;
  core.check(functions.weir_pool_create(library, poolOptions.address, out.address, 0), 'pool');
  const pool = out.readLong(0);
  core.check(functions.weir_context_create(pool, 0, out.address, 0), 'create');
  const context = out.readLong(0);

  const ends = watch();
  const outbox = new Outbox(core, () => {
    throw new Error('a request was refused');
  });
  const payload = new Uint8Array(64).fill(7);
  const flush = (): void => outbox.flush();
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const owner = free.pop() ?? settle.length;
      settle[owner] = resolve;
      if (outbox.submit(owner, context, method, payload, 0)) {
        queueMicrotask(flush);
      }
    });
  const close = (): Promise<unknown> => {
    ends();
    return new Promise((resolve) =>
      functions.weir_pool_close_wait.async(pool, 0, 0, (_failure, status) => resolve(status)),
    );
  };
  return { ask, close };

  /** Begin to collect, and keep the process alive. @returns how to end both */
  function watch(): () => void {
    if (way === 'poll') {
      const descriptor = koffi.load(corePath).func('weir_queue_fd', 'int', ['uint64', 'uintptr_t']);
      descriptor(queue, out.address);
      // koffi calls back straight from libuv, where Node runs no continuations of promises.
      const poll = koffi.node.poll(out.words[0] as number, { readable: true }, () => {
        setImmediate(drain);
      });
      return () => poll.close();
    }
    if (way === 'wait') {
      return waitAgain();
    }
    const timer = setInterval(() => {}, LONGEST_WAIT);
    return () => clearInterval(timer);
  }

  function waitAgain(): () => void {
    const parameters = ['uint64', 'uintptr_t', 'uint32', 'uint32', 'uintptr_t'];
    const wait = koffi.load(corePath).func('weir_queue_wait', 'int', parameters);
    const count = new Memory(koffi, 8);
    let ended = false;
    const again = (): void => {
      wait.async(queue, records.address, CAPACITY, LONGEST_WAIT, count.address, () => {
        deliver(count.words[0] as number);
        if (!ended) again();
      });
    };
    again();
    return () => {
      ended = true;
    };
  }
}

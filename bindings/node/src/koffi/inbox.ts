/**
 * inbox.ts: the queue of the core where everything for this JavaScript thread arrives.
 *
 * Guarantees
 *   - no thread of weir enters JavaScript: a byte on a socket wakes the event loop, and one turn
 *     of the loop drains one batch
 *   - a batch is given back to the core in one call, but for events, which the receiver holds
 *   - continuations of a batch's promises run before the next batch is drained
 */

import { setImmediate } from 'node:timers';

import {
  type DestroyReport,
  RecordKind,
  statusError,
  type TransportReceiver,
} from '@weir-ffi/sdk/host';
import { DESTROY_REPORT, RECORD } from '../abi/structs.js';
import { ListenersForAll } from '../listeners-for-all.js';
import type { Core } from './core.js';
import { BYTES_PER_WORD, Memory, Struct } from './memory.js';
import { Wake } from './wake.js';

/** Records that are taken at once. */
const CAPACITY = 1024;
/** Bytes of the longest payload that is copied together with others; a longer one goes alone. */
const LONGEST_SHARED = 4 * 1024;
/** Bytes that are copied at once, to memory which the next batch uses again. */
const SHARED_CAPACITY = 256 * 1024;

const RECORD_WORDS = RECORD.size / BYTES_PER_WORD;
const wordOf = (name: keyof typeof RECORD.offset): number => RECORD.offset[name] / BYTES_PER_WORD;
const STATUS = wordOf('status');
const CONTEXT = wordOf('context');
const ID = wordOf('id');
const OWNER = wordOf('userData');
const DATA = wordOf('data');
const LENGTH = wordOf('length');
const NAME = wordOf('name');
const NAME_LENGTH = wordOf('nameLength');
const TOKEN = wordOf('token');

const NOTHING = new Uint8Array(0);

export class Inbox {
  /** Handle of the queue. */
  readonly queue: number;
  readonly wake: Wake;
  readonly #records: Memory;
  readonly #shared: Memory;
  readonly #report: Struct<(typeof DESTROY_REPORT.names)[number]>;
  /** Tokens of events that the receiver holds, by the number it knows them by. */
  readonly #held = new Map<number, bigint>();
  #lastHold = 0;
  readonly #returned: Memory;
  readonly listenersForAll = new ListenersForAll();

  constructor(
    private readonly core: Core,
    private readonly receiver: () => TransportReceiver,
  ) {
    this.#records = new Memory(core.koffi, CAPACITY * RECORD.size);
    this.#returned = new Memory(core.koffi, CAPACITY * RECORD.size);
    this.#shared = new Memory(core.koffi, SHARED_CAPACITY);
    this.#report = new Struct(core.koffi, DESTROY_REPORT);
    const { functions, out, errorAddress } = core;
    core.check(functions.weir_queue_create(0, out.address, errorAddress), 'create the queue');
    this.queue = out.readLong(0);
    core.checkPlain(functions.weir_queue_socket(this.queue, out.address), 'poll the queue');
    this.wake = new Wake(out.words[0] as number, this.#drainBatch);
  }

  /** Give held events back. */
  release(holds: readonly number[]): void {
    let count = 0;
    for (const hold of holds) {
      const token = this.#held.get(hold);
      if (token === undefined) {
        continue;
      }
      this.#held.delete(hold);
      this.#returned.writeBigLong(count++ * RECORD_WORDS + TOKEN, token);
      if (count === CAPACITY) {
        this.core.functions.weir_records_release(this.#returned.address, count);
        count = 0;
      }
    }
    this.core.functions.weir_records_release(this.#returned.address, count);
  }

  /** Take a batch, and the rest in the next turn: only an emptied queue wakes again. */
  readonly #drainBatch = (): void => {
    if (this.#drain() === CAPACITY) {
      setImmediate(this.#drainBatch);
    }
  };

  /** @returns how many records were taken */
  #drain(): number {
    const { functions, out } = this.core;
    const status = functions.weir_queue_drain(
      this.queue,
      this.#records.address,
      CAPACITY,
      out.address,
    );
    if (status !== 0) {
      throw statusError(status, 'drain the queue');
    }
    const count = out.words[0] as number;
    for (let begin = 0; begin < count; ) {
      begin = this.#deliverSome(begin, count);
    }
    functions.weir_records_release(this.#records.address, count);
    return count;
  }

  /** As many as their short payloads are copied at once. @returns where to go on */
  #deliverSome(begin: number, count: number): number {
    const { functions, out } = this.core;
    functions.weir_records_copy(
      this.#records.address + begin * RECORD.size,
      count - begin,
      LONGEST_SHARED,
      this.#shared.address,
      SHARED_CAPACITY,
      out.address,
    );
    const end = begin + (out.words[0] as number);
    const { words } = this.#records;
    let at = 0;
    for (let index = begin; index < end; index++) {
      const base = index * RECORD_WORDS;
      if (words[base] === RecordKind.response) {
        this.#deliverResponse(base, at);
      } else {
        this.#deliverOther(base, at);
      }
      const length = words[base + LENGTH] as number;
      at += length > LONGEST_SHARED ? 0 : length;
    }
    return end;
  }

  /** @param at where a short payload begins in #shared */
  #deliverResponse(base: number, at: number): void {
    const { words } = this.#records;
    const owner = words[base + OWNER] as number;
    const status = words[base + STATUS] as number;
    const length = words[base + LENGTH] as number;
    if (length > LONGEST_SHARED) {
      const payload = this.#longPayload(base, length);
      this.receiver().response(owner, status, payload, 0, length, true);
    } else {
      this.receiver().response(owner, status, this.#shared.bytes, at, at + length, false);
    }
  }

  #deliverOther(base: number, at: number): void {
    const { words } = this.#records;
    const kind = words[base] as number;
    const context = this.#records.readLong(base + CONTEXT);
    const id = this.#records.readLong(base + ID);
    const length = words[base + LENGTH] as number;
    const isEvent = kind === RecordKind.event;
    const isEnd = kind === RecordKind.destroyed;
    const payload =
      length > LONGEST_SHARED
        ? this.#longPayload(base, length)
        : this.#shared.bytes.slice(at, at + length);
    this.receiver().record({
      kind,
      status: words[base + STATUS] as number,
      context,
      id,
      owner: this.#records.readLong(base + OWNER),
      name: isEvent ? this.#nameOf(base, context, id) : undefined,
      payload: isEnd ? NOTHING : payload,
      report: isEnd ? this.#readReport(payload) : undefined,
      hold: isEvent ? this.#hold(base) : 0,
    });
    if (isEnd) {
      this.listenersForAll.forget(context);
    }
  }

  #longPayload(base: number, length: number): Uint8Array {
    return this.core.copyOf(this.#records.readLong(base + DATA), length);
  }

  #nameOf(base: number, context: number, listener: number): string | undefined {
    if (!this.listenersForAll.has(context, listener)) {
      return undefined;
    }
    const length = this.#records.words[base + NAME_LENGTH] as number;
    return this.core.textAt(this.#records.readLong(base + NAME), length);
  }

  #readReport(bytes: Uint8Array): DestroyReport {
    this.#report.memory.bytes.set(bytes.subarray(0, DESTROY_REPORT.size));
    return this.#report.read();
  }

  /** Keep the event when the batch is given back: a record whose token is 0 is passed over. */
  #hold(base: number): number {
    const hold = ++this.#lastHold;
    this.#held.set(hold, this.#records.readBigLong(base + TOKEN));
    this.#records.writeLong(base + TOKEN, 0);
    return hold;
  }
}

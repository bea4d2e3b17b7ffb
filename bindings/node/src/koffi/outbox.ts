/**
 * outbox.ts: requests that were submitted and are sent together.
 *
 * Guarantees
 *   - requests reach the core in the order of their submits, over all contexts
 *   - each is accepted by the core, or told to the receiver as refused, once
 *   - a small payload is copied here and again by the core; a large one by the core alone
 *
 * Neighbours of one context go over in one call of weir_request_send_batch, which reads them where
 * they were collected.
 */

import type { TransportReceiver } from '@weir-ffi/sdk/host';
import { REQUEST } from '../abi/structs.js';
import type { Core } from './core.js';
import { BYTES_PER_WORD, Memory } from './memory.js';

/** Requests that are collected before they are sent without a flush. */
const CAPACITY = 1024;
/** Bytes of their payloads. */
const PAYLOAD_CAPACITY = 256 * 1024;
/** Bytes of the longest payload that is worth a copy: a longer one is sent at once. */
const LONGEST_COLLECTED = 4 * 1024;

const REQUEST_WORDS = REQUEST.size / BYTES_PER_WORD;
const ID_BYTES = 8;
const ID_WORDS = ID_BYTES / BYTES_PER_WORD;
const wordOf = (name: keyof typeof REQUEST.offset): number => REQUEST.offset[name] / BYTES_PER_WORD;
const METHOD = wordOf('method');
const DATA = wordOf('data');
const LENGTH = wordOf('length');
const TIMEOUT = wordOf('timeoutMs');
const OWNER = wordOf('userData');

interface Refusal {
  readonly owner: number;
  readonly status: number;
  readonly reason: string;
}

export class Outbox {
  readonly #requests: Memory;
  readonly #payloads: Memory;
  readonly #contexts = new Float64Array(CAPACITY);
  readonly #newIds: Memory;
  /** Ids of accepted requests by owner, in pairs of words. */
  #ids = new Uint32Array(CAPACITY * ID_WORDS);
  #count = 0;
  #payloadBytes = 0;

  constructor(
    private readonly core: Core,
    private readonly receiver: () => TransportReceiver,
  ) {
    this.#requests = new Memory(core.koffi, CAPACITY * REQUEST.size);
    this.#payloads = new Memory(core.koffi, PAYLOAD_CAPACITY);
    this.#newIds = new Memory(core.koffi, CAPACITY * ID_BYTES);
    for (let index = 0; index < CAPACITY; index++) {
      this.#requests.words[index * REQUEST_WORDS] = REQUEST.size;
    }
  }

  /** @returns whether it is the first one that waits */
  submit(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): boolean {
    const length = payload.length;
    if (length > LONGEST_COLLECTED) {
      this.#sendLarge(owner, context, method, payload, timeoutMs);
      return false;
    }
    if (this.#count === CAPACITY || this.#payloadBytes + length > PAYLOAD_CAPACITY) {
      this.flush();
    }
    const at = this.#payloadBytes;
    this.#payloads.bytes.set(payload, at);
    this.#payloadBytes = at + length;
    this.#add(owner, context, method, this.#payloads.address + at, length, timeoutMs);
    return this.#count === 1;
  }

  flush(): void {
    const count = this.#count;
    const refusals: Refusal[] = [];
    for (let begin = 0; begin < count; ) {
      begin = this.#sendRun(begin, count, refusals);
    }
    this.#count = 0;
    this.#payloadBytes = 0;
    for (const { owner, status, reason } of refusals) {
      this.receiver().refused(owner, status, reason);
    }
  }

  cancel(context: number, owner: number): void {
    this.flush();
    const low = BigInt(this.#ids[owner * ID_WORDS] ?? 0);
    const high = BigInt(this.#ids[owner * ID_WORDS + 1] ?? 0);
    // A context that is gone has given every request its result.
    this.core.functions.weir_request_cancel(context, (high << 32n) | low);
  }

  #sendLarge(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): void {
    this.flush();
    this.core.withAddress(payload, (address) => {
      this.#add(owner, context, method, address, payload.length, timeoutMs);
      this.flush();
    });
  }

  #add(
    owner: number,
    context: number,
    method: number,
    address: number,
    length: number,
    timeoutMs: number,
  ): void {
    const index = this.#count++;
    const base = index * REQUEST_WORDS;
    const { words } = this.#requests;
    words[base + METHOD] = method;
    this.#requests.writeLong(base + DATA, address);
    words[base + LENGTH] = length;
    words[base + TIMEOUT] = timeoutMs;
    words[base + OWNER] = owner;
    this.#contexts[index] = context;
  }

  /**
   * Send the requests of one context from `begin` on, up to one that is refused.
   *
   * @returns where to go on
   */
  #sendRun(begin: number, count: number, refusals: Refusal[]): number {
    const context = this.#contexts[begin] as number;
    let end = begin + 1;
    while (end < count && this.#contexts[end] === context) {
      end++;
    }
    const { functions, out, errorAddress } = this.core;
    const status = functions.weir_request_send_batch(
      context,
      this.#requests.address + begin * REQUEST.size,
      end - begin,
      this.#newIds.address,
      out.address,
      errorAddress,
    );
    const sent = begin + (out.words[0] as number);
    this.#keepIds(begin, sent);
    if (status === 0) {
      return end;
    }
    refusals.push({ owner: this.#ownerOf(sent), status, reason: this.core.reason });
    return sent + 1;
  }

  #keepIds(begin: number, end: number): void {
    const { words } = this.#newIds;
    for (let index = begin, from = 0; index < end; index++, from += ID_WORDS) {
      const owner = this.#ownerOf(index);
      if (owner * ID_WORDS >= this.#ids.length) {
        this.#growIds(owner);
      }
      this.#ids[owner * ID_WORDS] = words[from] as number;
      this.#ids[owner * ID_WORDS + 1] = words[from + 1] as number;
    }
  }

  #growIds(owner: number): void {
    const longer = new Uint32Array(2 ** Math.ceil(Math.log2((owner + 1) * ID_WORDS)));
    longer.set(this.#ids);
    this.#ids = longer;
  }

  #ownerOf(index: number): number {
    return this.#requests.words[index * REQUEST_WORDS + OWNER] as number;
  }
}

/** inbox.ts: records, read out of the buffer that the addon collects into. */

import {
  type DestroyReport,
  RecordKind,
  type TransportReceiver,
  type TransportRecord,
} from '@weir-ffi/sdk/host';
import { Fields } from '../abi/fields.js';
import { DESTROY_REPORT } from '../abi/structs.js';
import { ListenersForAll } from '../listeners-for-all.js';
import { aligned, LARGE_PAYLOAD, RECORD_HEAD, RECORD_TAIL } from './layout.js';

const text = new TextDecoder();

/** @param bytes a weir_destroy_report, in memory of its own */
const reportOf = ({ buffer }: Uint8Array<ArrayBuffer>): DestroyReport =>
  new Fields(DESTROY_REPORT, new Uint32Array(buffer)).read();

const NOTHING = new Uint8Array(0);

export class Inbox {
  readonly memory: ArrayBuffer;
  readonly listenersForAll = new ListenersForAll();
  private readonly doubles: Float64Array;
  private readonly words: Uint32Array;
  private readonly bytes: Uint8Array;
  private at = 0;
  private large: readonly ArrayBuffer[] = [];
  private nextLarge = 0;

  constructor(size: number) {
    this.memory = new ArrayBuffer(size);
    this.doubles = new Float64Array(this.memory);
    this.words = new Uint32Array(this.memory);
    this.bytes = new Uint8Array(this.memory);
  }

  /** Tell the receiver of all records of a batch. */
  deliver(count: number, large: readonly ArrayBuffer[], receiver: TransportReceiver): void {
    this.at = 0;
    this.large = large;
    this.nextLarge = 0;
    for (let left = count; left > 0; left--) {
      const kind = this.words[this.at >> 2] as number;
      if (kind === RecordKind.response) this.response(receiver);
      else if (kind === (RecordKind.response | LARGE_PAYLOAD)) this.largeResponse(receiver);
      else receiver.record(this.record(kind));
    }
    this.large = [];
  }

  private response(receiver: TransportReceiver): void {
    const { words } = this;
    const word = this.at >> 2;
    const begin = this.at + RECORD_HEAD;
    const end = begin + (words[word + 3] as number);
    this.at = aligned(end);
    receiver.response(
      words[word + 2] as number,
      words[word + 1] as number,
      this.bytes,
      begin,
      end,
      false,
    );
  }

  private largeResponse(receiver: TransportReceiver): void {
    const word = this.at >> 2;
    this.at += RECORD_HEAD;
    const payload = this.takeLarge();
    const [status, owner] = [this.words[word + 1] as number, this.words[word + 2] as number];
    receiver.response(owner, status, payload, 0, payload.length, true);
  }

  private takeLarge(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.large[this.nextLarge++] as ArrayBuffer);
  }

  private record(kindAndFlag: number): TransportRecord {
    const head = this.at >> 2;
    const length = this.words[head + 3] as number;
    this.at += RECORD_HEAD;
    const payload = (kindAndFlag & LARGE_PAYLOAD) === 0 ? this.take(length) : this.takeLarge();
    const tail = this.at;
    this.at += RECORD_TAIL;
    const nameLength = this.words[(tail >> 2) + 7] as number;
    const nameBegin = this.at;
    this.at += aligned(nameLength);
    const kind = kindAndFlag & ~LARGE_PAYLOAD;
    const isEnd = kind === RecordKind.destroyed;
    const [owner, context, id] = this.doubles.subarray(tail >> 3, (tail >> 3) + 3);
    const named = nameLength > 0 && this.listenersForAll.has(context as number, id as number);
    if (isEnd) this.listenersForAll.forget(context as number);
    return {
      kind,
      status: this.words[head + 1] as number,
      context: context as number,
      id: id as number,
      owner: owner as number,
      name: named ? this.textAt(nameBegin, nameLength) : undefined,
      payload: isEnd ? NOTHING : payload,
      report: isEnd && length >= DESTROY_REPORT.size ? reportOf(payload) : undefined,
      hold: this.words[(tail >> 2) + 6] as number,
    };
  }

  private textAt(begin: number, length: number): string {
    return text.decode(this.bytes.subarray(begin, begin + length));
  }

  /** A copy of the next bytes. */
  private take(length: number): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(this.at, this.at + length);
    this.at += aligned(length);
    return taken;
  }
}

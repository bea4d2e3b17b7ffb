/**
 * transport.ts: the way to the core through the compiled addon.
 *
 * Requests are written into one buffer and handed over by one call; the core wakes this thread by
 * one threadsafe function, and then records are read out of another buffer, batch by batch. Small
 * payloads are copied twice each way, large ones once.
 */

import { isMainThread } from 'node:worker_threads';
import type { Transport, TransportReceiver } from '@weir-ffi/sdk/host';
import { checked, controlOf } from './control.js';
import { Inbox } from './inbox.js';
import { INBOX_BYTES, INLINE_PAYLOAD_MAX, OUTBOX_BYTES } from './layout.js';
import type { NativeAddon, Refusals } from './native.js';
import { Outbox } from './outbox.js';

/** Requests, their results, and all other records. */
class Traffic {
  readonly kind = 'addon';
  readonly version: string;
  readonly ref: () => void;
  readonly unref: () => void;
  private readonly outbox = new Outbox(OUTBOX_BYTES);
  readonly inbox = new Inbox(INBOX_BYTES);
  private receiver: TransportReceiver | undefined;

  constructor(private readonly native: NativeAddon) {
    this.version = native.version;
    this.ref = native.ref;
    this.unref = native.unref;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    const { native, outbox, inbox } = this;
    const wake = () => this.collect(receiver);
    checked(native.start, () => 'start')(wake, outbox.memory, inbox.memory, isMainThread);
  }

  submit(
    owner: number,
    context: number,
    method: number,
    payload: Uint8Array,
    timeoutMs: number,
  ): boolean {
    const { outbox } = this;
    if (payload.length > INLINE_PAYLOAD_MAX) {
      this.flush();
      this.refuse(this.native.send(context, owner, method, timeoutMs, payload));
      return false;
    }
    const first = outbox.used === 0;
    if (outbox.add(owner, context, method, payload, timeoutMs)) return first;
    this.flush();
    outbox.add(owner, context, method, payload, timeoutMs);
    return false;
  }

  flush(): void {
    const { used } = this.outbox;
    if (used === 0) return;
    this.outbox.used = 0;
    this.refuse(this.native.flush(used));
  }

  cancel(context: number, owner: number): void {
    this.flush();
    this.native.cancel(context, owner);
  }

  private refuse(refusals: Refusals): void {
    if (refusals === undefined) return;
    for (let at = 0; at < refusals.length; at += 3) {
      const [owner, status, message] = refusals.slice(at, at + 3) as [number, number, string];
      this.receiver?.refused(owner, status, message);
    }
  }

  /** All there is, until the queue is empty: only then does the core wake again. */
  private collect(receiver: TransportReceiver): void {
    for (;;) {
      const collected = this.native.collect();
      if (collected === 0) return;
      if (typeof collected === 'number') this.inbox.deliver(collected, [], receiver);
      else this.inbox.deliver(collected[0], collected[1], receiver);
    }
  }
}

/** A new transport for this JavaScript thread, over the addon that it has loaded. */
export function openAddonTransport(native: NativeAddon): Transport {
  const traffic = new Traffic(native);
  const flush = () => traffic.flush();
  return Object.assign(traffic, controlOf(native, flush, traffic.inbox.listenersForAll));
}

/** bridge.ts: promises over the bare bridge; what any host API needs at the least. */

import { createRequire } from 'node:module';

interface BareAddon {
  start(onWake: () => void): void;
  send(bytes: Uint8Array, length: number): void;
  collect(into: Uint8Array): number;
  ref(): void;
  unref(): void;
}

const aligned = (size: number): number => (size + 7) & ~7;
const BYTES = 512 * 1024;

export class BareBridge {
  private readonly outgoing = new Uint8Array(BYTES);
  private readonly outgoingWords = new Uint32Array(this.outgoing.buffer);
  private readonly incoming = new Uint8Array(BYTES);
  private readonly incomingWords = new Uint32Array(this.incoming.buffer);
  private readonly waiting: (((payload: Uint8Array) => void) | undefined)[] = [];
  private readonly free: number[] = [];
  private readonly flush = () => this.sendAll();
  private pending = 0;
  private used = 0;

  private constructor(private readonly addon: BareAddon) {
    addon.start(() => this.collect());
  }

  static load(file: string): BareBridge {
    return new BareBridge(createRequire(import.meta.url)(file) as BareAddon);
  }

  echo(payload: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve) => {
      const owner = this.free.pop() ?? this.waiting.length;
      this.waiting[owner] = resolve;
      if (this.pending++ === 0) this.addon.ref();
      const end = this.used + 8 + aligned(payload.length);
      if (end > BYTES) this.sendAll();
      if (this.used === 0) queueMicrotask(this.flush);
      this.outgoingWords[this.used >> 2] = owner;
      this.outgoingWords[(this.used >> 2) + 1] = payload.length;
      this.outgoing.set(payload, this.used + 8);
      this.used += 8 + aligned(payload.length);
    });
  }

  private sendAll(): void {
    if (this.used > 0) this.addon.send(this.outgoing, this.used);
    this.used = 0;
  }

  private collect(): void {
    for (;;) {
      const bytes = this.addon.collect(this.incoming);
      if (bytes === 0) return;
      for (let at = 0; at < bytes; ) {
        const owner = this.incomingWords[at >> 2] as number;
        const end = at + 8 + (this.incomingWords[(at >> 2) + 1] as number);
        const resolve = this.waiting[owner];
        this.waiting[owner] = undefined;
        this.free.push(owner);
        if (--this.pending === 0) this.addon.unref();
        resolve?.(this.incoming.slice(at + 8, end));
        at = aligned(end);
      }
    }
  }
}

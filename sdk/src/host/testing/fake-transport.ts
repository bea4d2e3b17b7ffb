/**
 * fake-transport.ts: a transport without a core. It notes what it is asked and says nothing by
 * itself: a test delivers what the core would, when the test wants it.
 */

import { Library } from '../library.js';
import {
  type CloseResult,
  type DestroyReport,
  type PoolStats,
  type ProcessStats,
  RecordKind,
  type Transport,
  type TransportLibrary,
  type TransportReceiver,
  type TransportRecord,
} from '../transport.js';

const NOTHING = new Uint8Array(0);
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (payload: unknown): string => new TextDecoder().decode(payload as Uint8Array);

export const REPORT: DestroyReport = {
  ...{ drained: 0, canceled: 0, abandoned: 0, callbacksRunning: 0, closed: 0, tookUs: 5 },
};

export class FakeTransport implements Transport {
  readonly kind = 'fake';
  readonly version = '0.0.0';
  /** Every call that changes something, in order. */
  readonly asked: string[] = [];
  /** What the next call of this name throws. */
  readonly failures = new Map<string, Error>();
  /** Owners of the contexts, by their handles; handles are 101 and on. */
  readonly owners = new Map<number, number>();
  /** Owner of the listener that was made last. */
  listener = 0;
  /** Owner of the request, ticket or create that was made last. */
  owner = 0;
  /** Whether the process is kept alive. */
  alive = false;
  stats: Partial<PoolStats> = {};
  /** Ends the close of a pool. */
  closed: (result: CloseResult) => void = () => undefined;
  private receiver: TransportReceiver | undefined;
  private lastHandle = 100;
  private waiting = 0;

  // ---- what the core would deliver ----

  answer(owner: number, payload = '', status = 0): void {
    const found = bytes(payload);
    this.receiver?.response(owner, status, found, 0, found.length, false);
  }

  refuse(owner: number, status: number, message: string): void {
    this.receiver?.refused(owner, status, message);
  }

  deliver(kind: keyof typeof RecordKind, record: Partial<TransportRecord>): void {
    this.receiver?.record({
      ...{ status: 0, context: 0, id: 0, owner: 0, name: undefined, payload: NOTHING, hold: 0 },
      ...{ report: undefined, ...record, kind: RecordKind[kind] },
    });
  }

  destroyed(owner: number, report: Partial<DestroyReport> = {}): void {
    this.deliver('destroyed', { owner, report: { ...REPORT, ...report } });
  }

  event(owner: number, payload: string, hold: number, name?: string): void {
    this.deliver('event', { owner, payload: bytes(payload), hold, name });
  }

  // ---- Transport ----

  start(receiver: TransportReceiver): void {
    this.note('start');
    this.receiver = receiver;
  }

  openLibrary(path: string): TransportLibrary {
    this.note(`open ${path}`);
    const contract = { contract: undefined, contractHash: undefined };
    return {
      handle: 1,
      name: 'fake',
      version: '1.0.0',
      engine: 'native',
      methodCount: 2,
      ...contract,
    };
  }

  findMethod(_library: number, name: string): number {
    this.note(`method ${name}`);
    return name.length;
  }

  closeLibrary(library: number): void {
    this.note(`close library ${library}`);
  }

  createPool(): number {
    this.note('pool');
    return 2;
  }

  prewarm(pool: number, count: number): void {
    this.note(`prewarm ${pool} ${count}`);
  }

  poolStats(): PoolStats {
    return this.stats as PoolStats;
  }

  closePool(pool: number): Promise<CloseResult> {
    this.note(`close ${pool}`);
    return new Promise((resolve) => {
      this.closed = resolve;
    });
  }

  processStats(): ProcessStats {
    throw new Error('a fake has no process');
  }

  createNow(_pool: number, owner: number, config: Uint8Array, tag: string): number {
    this.owner = owner;
    this.note(`create ${tag}${text(config)}`);
    this.owners.set(++this.lastHandle, owner);
    return this.lastHandle;
  }

  createQueued(_: number, owner: number, _config: Uint8Array, tag: string, ms: number): number {
    this.owner = owner;
    this.note(`queue ${tag} ${ms}`);
    return owner;
  }

  cancelCreate(_pool: number, ticket: number): void {
    this.note(`cancel ticket ${ticket}`);
  }

  destroyContext(context: number): void {
    this.note(`destroy ${context}`);
  }

  listen(context: number, name: string | undefined, owner: number): number {
    this.note(`listen ${context} ${name ?? '*'}`);
    this.listener = owner;
    return owner;
  }

  unlisten(context: number, listener: number): void {
    this.note(`unlisten ${context} ${listener}`);
  }

  release(holds: readonly number[]): void {
    this.note(`release ${holds.join()}`);
  }

  submit(owner: number, context: number, method: number, payload: Uint8Array, ms: number): boolean {
    this.owner = owner;
    this.note(`submit ${owner} to ${context}: ${method}(${text(payload)}) ${ms}`);
    return this.waiting++ === 0;
  }

  flush(): void {
    this.note(`flush ${this.waiting}`);
    this.waiting = 0;
  }

  cancel(context: number, owner: number): void {
    this.note(`cancel ${owner} of ${context}`);
  }

  ref(): void {
    this.alive = true;
  }

  unref(): void {
    this.alive = false;
  }

  private note(what: string): void {
    this.asked.push(what);
    const name = what.split(' ', 1)[0] as string;
    const failure = this.failures.get(name);
    this.failures.delete(name);
    if (failure !== undefined) throw failure;
  }
}

/** A library over a fake, with nothing noted yet. */
export async function openFake() {
  const transport = new FakeTransport();
  const library = await Library.open('/fake', { transport });
  transport.asked.length = 0;
  return { transport, library };
}

/** A pool and a context of it; the context's handle is 101. */
export async function leaseFake() {
  const { transport, library } = await openFake();
  const pool = library.createPool();
  const context = await pool.create(undefined, { tag: 'mine' });
  const { owner } = transport;
  transport.asked.length = 0;
  return { transport, library, pool, context, owner };
}

/** Runs what was put off to the end of this turn. */
export const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

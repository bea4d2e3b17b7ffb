/** recording-host.ts: a transport with a pool of the echo library, and what it delivered. */

import type {
  CloseResult,
  Transport,
  TransportPoolOptions,
  TransportRecord,
} from '@weir-ffi/sdk/host';

export interface Result {
  readonly status: number;
  readonly payload: Uint8Array;
  /** Of a refused request. */
  readonly refusal: string | undefined;
}

const NO_CONFIG = new Uint8Array(0);

export class RecordingHost {
  readonly results = new Map<number, Result[]>();
  /** Owners in the order of their results. */
  readonly order: number[] = [];
  readonly records: TransportRecord[] = [];
  readonly library: number;
  readonly pool: number;
  #changed: () => void = () => {};
  #closed: Promise<CloseResult> | undefined;

  constructor(
    readonly transport: Transport,
    path: string,
    options: TransportPoolOptions = {},
  ) {
    transport.start({
      response: (owner, status, bytes, begin, end) =>
        this.#add(owner, { status, payload: bytes.slice(begin, end), refusal: undefined }),
      refused: (owner, status, refusal) =>
        this.#add(owner, { status, payload: NO_CONFIG, refusal }),
      record: (record) => {
        this.records.push(record);
        this.#changed();
      },
    });
    this.library = transport.openLibrary(path).handle;
    this.pool = transport.createPool(this.library, options);
    transport.ref();
  }

  create(owner = 1, config = NO_CONFIG): number {
    return this.transport.createNow(this.pool, owner, config, `context ${owner}`);
  }

  submit(owner: number, context: number, method: string, payload: Uint8Array | string = ''): void {
    const number = this.transport.findMethod(this.library, method);
    this.transport.submit(owner, context, number, Buffer.from(payload), 0);
  }

  /** Submit, flush and wait for the one result. */
  async ask(
    owner: number,
    context: number,
    method: string,
    payload: Uint8Array | string = '',
  ): Promise<Result> {
    const before = this.results.get(owner)?.length ?? 0;
    this.submit(owner, context, method, payload);
    this.transport.flush();
    await this.until(() => (this.results.get(owner)?.length ?? 0) > before);
    return this.results.get(owner)?.at(-1) as Result;
  }

  /** Wait until something that is delivered makes it true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  /** Close everything that can be closed, once. */
  close(): Promise<CloseResult> {
    this.#closed ??= this.transport.closePool(this.pool, 0).finally(() => {
      this.transport.closeLibrary(this.library);
      this.transport.unref();
    });
    return this.#closed;
  }

  #add(owner: number, result: Result): void {
    this.results.set(owner, [...(this.results.get(owner) ?? []), result]);
    this.order.push(owner);
    this.#changed();
  }
}

/**
 * core.ts: the functions of weir.h, called through koffi.
 *
 * Guarantees
 *   - no type of koffi has a name, so that any number of copies of this package, in Jest registries
 *     or in worker threads, live in one process
 *   - a function takes and gives numbers: a handle, a size, an address of Memory; bytes that the
 *     core only reads during the call are typed arrays
 *   - JavaScript is never called by a thread of weir
 */

import { statusError, WeirError } from '@weir-ffi/sdk/host';
import { ERROR } from '../abi/structs.js';
import type { Koffi } from './koffi.js';
import { Memory, Struct } from './memory.js';

/** WEIR_ABI_VERSION that structs.ts and this file are written for. */
const ABI_VERSION = 1;

type Status = number;
type Handle = number;
type Address = number;
type Bytes = Uint8Array | null;

/** The functions of the C library and of weir.h, by the names they have there. */
interface Functions {
  memcpy(to: Address, from: Address, length: number): void;
  weir_version(): string;
  weir_abi_version(): number;
  weir_library_load(path: Bytes, length: number, out: Address, error: Address): Status;
  weir_library_describe(library: Handle, out: Address): Status;
  weir_library_method(library: Handle, name: Bytes, length: number, out: Address): Status;
  weir_library_close(library: Handle): Status;
  weir_queue_create(options: Address, out: Address, error: Address): Status;
  weir_queue_drain(queue: Handle, records: Address, capacity: number, count: Address): Status;
  weir_queue_socket(queue: Handle, out: Address): Status;
  weir_queue_close(queue: Handle): Status;
  weir_records_copy(
    records: Address,
    count: number,
    longest: number,
    bytes: Address,
    capacity: number,
    outRecords: Address,
  ): Status;
  weir_records_release(records: Address, count: number): Status;
  weir_pool_create(library: Handle, options: Address, out: Address, error: Address): Status;
  weir_pool_prewarm(pool: Handle, count: number, error: Address): Status;
  weir_pool_stats_get(pool: Handle, out: Address): Status;
  /** Blocks: called on a thread of libuv only. */
  readonly weir_pool_close_wait: {
    async(
      pool: Handle,
      timeoutMs: number,
      report: Address,
      done: (failure: Error | null, status: Status) => void,
    ): void;
  };
  weir_context_create(pool: Handle, options: Address, out: Address, error: Address): Status;
  weir_context_create_queued(
    pool: Handle,
    options: Address,
    timeoutMs: number,
    outTicket: Address,
    error: Address,
  ): Status;
  weir_context_create_cancel(pool: Handle, ticket: number): Status;
  weir_context_destroy(context: Handle): Status;
  weir_context_listen(
    context: Handle,
    name: Bytes,
    length: number,
    callback: Address,
    owner: number,
    outListener: Address,
  ): Status;
  weir_context_unlisten(context: Handle, listener: number): Status;
  weir_request_send_batch(
    context: Handle,
    requests: Address,
    count: number,
    outIds: Address,
    outAccepted: Address,
    error: Address,
  ): Status;
  weir_request_cancel(context: Handle, id: bigint): Status;
  weir_process_stats_get(out: Address): Status;
}

/** What koffi is told of them: the result, then the arguments. */
const SIGNATURES: Readonly<Record<keyof Functions, readonly [string, ...string[]]>> = {
  memcpy: ['void', 'uintptr_t', 'uintptr_t', 'size_t'],
  weir_version: ['str'],
  weir_abi_version: ['uint32_t'],
  weir_library_load: ['int32_t', 'const uint8_t *', 'size_t', 'uintptr_t', 'uintptr_t'],
  weir_library_describe: ['int32_t', 'uint64_t', 'uintptr_t'],
  weir_library_method: ['int32_t', 'uint64_t', 'const uint8_t *', 'size_t', 'uintptr_t'],
  weir_library_close: ['int32_t', 'uint64_t'],
  weir_queue_create: ['int32_t', 'uintptr_t', 'uintptr_t', 'uintptr_t'],
  weir_queue_drain: ['int32_t', 'uint64_t', 'uintptr_t', 'uint32_t', 'uintptr_t'],
  weir_queue_socket: ['int32_t', 'uint64_t', 'uintptr_t'],
  weir_queue_close: ['int32_t', 'uint64_t'],
  weir_records_copy: [
    'int32_t',
    'uintptr_t',
    'uint32_t',
    'size_t',
    'uintptr_t',
    'size_t',
    'uintptr_t',
  ],
  weir_records_release: ['int32_t', 'uintptr_t', 'uint32_t'],
  weir_pool_create: ['int32_t', 'uint64_t', 'uintptr_t', 'uintptr_t', 'uintptr_t'],
  weir_pool_prewarm: ['int32_t', 'uint64_t', 'uint32_t', 'uintptr_t'],
  weir_pool_stats_get: ['int32_t', 'uint64_t', 'uintptr_t'],
  weir_pool_close_wait: ['int32_t', 'uint64_t', 'uint32_t', 'uintptr_t'],
  weir_context_create: ['int32_t', 'uint64_t', 'uintptr_t', 'uintptr_t', 'uintptr_t'],
  weir_context_create_queued: [
    'int32_t',
    'uint64_t',
    'uintptr_t',
    'uint32_t',
    'uintptr_t',
    'uintptr_t',
  ],
  weir_context_create_cancel: ['int32_t', 'uint64_t', 'uint64_t'],
  weir_context_destroy: ['int32_t', 'uint64_t'],
  weir_context_listen: [
    'int32_t',
    'uint64_t',
    'const uint8_t *',
    'size_t',
    'uintptr_t',
    'uintptr_t',
    'uintptr_t',
  ],
  weir_context_unlisten: ['int32_t', 'uint64_t', 'uint64_t'],
  weir_request_send_batch: [
    'int32_t',
    'uint64_t',
    'uintptr_t',
    'uint32_t',
    'uintptr_t',
    'uintptr_t',
    'uintptr_t',
  ],
  weir_request_cancel: ['int32_t', 'uint64_t', 'uint64_t'],
  weir_process_stats_get: ['int32_t', 'uintptr_t'],
};

export class Core {
  readonly functions: Functions;
  /** Where a function writes the one number it gives. */
  readonly out: Memory;
  readonly #error: Struct<(typeof ERROR.names)[number]>;
  /** Kept from the garbage collector while the core reads it. */
  readonly #pinned: Uint8Array[] = [];

  /**
   * @param path of libweir.so
   * @throws WeirError TRANSPORT_MISSING: it cannot be loaded; VERSION_MISMATCH
   */
  constructor(
    readonly koffi: Koffi,
    path: string,
  ) {
    this.functions = bind(koffi, path);
    this.out = new Memory(koffi, 8);
    this.#error = new Struct(koffi, ERROR);
    const version = this.functions.weir_abi_version();
    if (version !== ABI_VERSION) {
      const reason = `${path} has ABI version ${version}, this package needs ${ABI_VERSION}`;
      throw statusError(18, 'open the koffi transport', reason);
    }
  }

  /** The argument `out_error` of functions that have one. */
  get errorAddress(): number {
    return this.#error.address;
  }

  /** Words about the last call that was given `errorAddress` and failed. */
  get reason(): string {
    const { bytes } = this.#error.memory;
    const begin = ERROR.offset.message;
    return Buffer.from(bytes.buffer, begin, this.#error.get('messageLength')).toString();
  }

  /** Throw what a call that was given `errorAddress` says, unless it was OK. */
  check(status: number, operation: string): void {
    if (status !== 0) {
      const { slotsTotal, slotsIdle, slotsActive, slotsQuarantined, waiting } = this.#error.read();
      const slots = {
        total: slotsTotal,
        idle: slotsIdle,
        active: slotsActive,
        quarantined: slotsQuarantined,
        waiting,
      };
      throw statusError(status, operation, this.reason, slotsTotal === 0 ? {} : { slots });
    }
  }

  /** Throw the status of a call that says nothing else, unless it was OK. */
  checkPlain(status: number, operation: string): void {
    if (status !== 0) {
      throw statusError(status, operation);
    }
  }

  /** Call with the address of an array, which is good until `call` returns. */
  withAddress<Result>(bytes: Uint8Array, call: (address: number) => Result): Result {
    this.#pinned.push(bytes);
    try {
      return call(Number(this.koffi.address(bytes)));
    } finally {
      this.#pinned.pop();
    }
  }

  /** Copy of memory that is the core's. */
  copyOf(address: number, length: number): Uint8Array<ArrayBuffer> {
    const copy = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    if (length > 0) {
      this.functions.memcpy(Number(this.koffi.address(copy)), address, length);
    }
    return copy;
  }

  textAt(address: number, length: number): string {
    return Buffer.from(this.copyOf(address, length).buffer).toString();
  }
}

/** Visible to all, so that native libraries which are loaded later find the functions of weir. */
function bind(koffi: Koffi, path: string): Functions {
  try {
    const library = koffi.load(path, { global: true });
    const functions = Object.entries(SIGNATURES).map(([name, [result, ...parameters]]) => [
      name,
      library.func(name, result, parameters),
    ]);
    return Object.fromEntries(functions) as Functions;
  } catch (cause) {
    const reason = `${path}: ${(cause as Error).message}`;
    throw new WeirError('TRANSPORT_MISSING', 'open the koffi transport', reason, { cause });
  }
}

/** layout.ts: how requests and records lie in shared memory, as native/layout.hpp says. */

/** Bytes of the two buffers: of the largest inline payloads, more than a hundred fit. */
export const OUTBOX_BYTES = 512 * 1024;
export const INBOX_BYTES = 512 * 1024;

/** Payloads up to this many bytes cross in the buffers, longer ones by themselves. */
export const INLINE_PAYLOAD_MAX = 4096;

/** A request: context (double), owner, method, timeout, length (32 bits each); then the payload. */
export const OUTGOING_HEAD = 24;
/** A record: kind, status, owner, length (32 bits each); then the payload. */
export const RECORD_HEAD = 16;
/** Behind one that is no response: owner, context, id (doubles), hold, length of the name. */
export const RECORD_TAIL = 32;
/** Added to the kind: the payload is the next of the batch's large ones. */
export const LARGE_PAYLOAD = 0x100;

/** Items begin at multiples of 8. */
export const aligned = (size: number): number => (size + 7) & ~7;

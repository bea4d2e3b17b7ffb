/**
 * The frames between this command and weir_run: u32 length, then that many bytes.
 *
 *     request   u8 op, u32 id, rest       op 1 create: config · 2 request: u16 name length, name,
 *                                         u32 timeout ms, payload · 3 listen to all events ·
 *                                         4 destroy and end · 5 cancel: u32 id · 6 make the cache
 *     response  u8 kind, u32 id, i32 status, rest
 *                                         kind 1 answer: payload or message · 2 event: u16 name
 *                                         length, name, payload · 3 cache: u16 key length, key,
 *                                         bytes
 *
 * Integers are little-endian.
 */

export const OP = { create: 1, request: 2, listen: 3, destroy: 4, cancel: 5, cache: 6 } as const;
export const KIND = { answer: 1, event: 2, cache: 3 } as const;

/** More than the largest payload of weir and a code cache together. */
export const FRAME_MAX = 256 * 1024 * 1024;

export interface Frame {
  readonly kind: number;
  readonly id: number;
  readonly status: number;
  /** Of an event its name, of a cache its key, else empty. */
  readonly name: string;
  readonly payload: Uint8Array;
}

const RESPONSE_HEAD = 9;

export function requestFrame(op: number, id: number, rest: Uint8Array = new Uint8Array()): Buffer {
  const frame = Buffer.alloc(9 + rest.length);
  frame.writeUInt32LE(5 + rest.length, 0);
  frame.writeUInt8(op, 4);
  frame.writeUInt32LE(id, 5);
  frame.set(rest, 9);
  return frame;
}

export function requestBody(name: string, timeoutMs: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.from(name, 'utf8');
  const body = Buffer.alloc(6 + bytes.length + payload.length);
  body.writeUInt16LE(bytes.length, 0);
  body.set(bytes, 2);
  body.writeUInt32LE(timeoutMs, 2 + bytes.length);
  body.set(payload, 6 + bytes.length);
  return body;
}

/** @throws RangeError when the bytes end too early */
export function parseFrame(body: Buffer): Frame {
  const kind = body.readUInt8(0);
  const head = { kind, id: body.readUInt32LE(1), status: body.readInt32LE(5) };
  if (kind === KIND.answer || head.status !== 0) {
    return { ...head, name: '', payload: body.subarray(RESPONSE_HEAD) };
  }
  const nameStart = RESPONSE_HEAD + 2;
  const nameEnd = nameStart + body.readUInt16LE(RESPONSE_HEAD);
  if (nameEnd > body.length) throw new RangeError('the name is longer than the frame');
  return {
    ...head,
    name: body.toString('utf8', nameStart, nameEnd),
    payload: body.subarray(nameEnd),
  };
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private length = 0;

  constructor(private readonly onFrame: (frame: Frame) => void) {}

  /** @throws RangeError for what no weir_run writes */
  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    while (this.length >= 4) {
      const first = this.join(4);
      const size = first.readUInt32LE(0);
      if (size < RESPONSE_HEAD || size > FRAME_MAX)
        throw new RangeError(`a frame of ${size} bytes`);
      if (this.length < 4 + size) return;
      const all = this.join(4 + size);
      this.chunks = [all.subarray(4 + size)];
      this.length -= 4 + size;
      this.onFrame(parseFrame(all.subarray(4, 4 + size)));
    }
  }

  /** The buffered bytes as one buffer whose first `size` bytes are there. */
  private join(size: number): Buffer {
    const [first] = this.chunks;
    if (first && first.length >= size) return first;
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}

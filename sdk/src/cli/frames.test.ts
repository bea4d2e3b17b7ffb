import { expect, test } from '@jest/globals';
import {
  type Frame,
  FrameReader,
  KIND,
  OP,
  parseFrame,
  requestBody,
  requestFrame,
} from './frames.js';

/** A response frame's body, behind its length. */
function body(kind: number, id: number, status: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUInt8(kind, 0);
  head.writeUInt32LE(id, 1);
  head.writeInt32LE(status, 5);
  return Buffer.concat([head, rest]);
}

function framed(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, content]);
}

test('a request is its length, the operation, the id and the rest', () => {
  const rest = requestBody('grüß', 500, Buffer.from([9, 8]));
  expect(rest.toString('hex')).toBe('06006772c3bcc39ff40100000908');
  expect(requestFrame(OP.request, 258, rest).toString('hex')).toBe(
    `13000000${'02'}02010000${rest.toString('hex')}`,
  );
});

test('a response is an answer, an event with its name or a cache with its key', () => {
  const answer = parseFrame(body(KIND.answer, 3, -1, Buffer.from('no')));
  expect(answer).toMatchObject({ id: 3, status: -1, name: '' });
  expect(Buffer.from(answer.payload).toString()).toBe('no');
  const event = parseFrame(body(KIND.event, 0, 0, Buffer.from('\x04\0tickA')));
  expect([event.name, Buffer.from(event.payload).toString()]).toEqual(['tick', 'A']);
  const refused = parseFrame(body(KIND.cache, 4, 23, Buffer.from('no engine')));
  expect(Buffer.from(refused.payload).toString()).toBe('no engine');
});

test('frames come whole however the bytes are cut', () => {
  const all = Buffer.concat([
    framed(body(KIND.answer, 1, 0, Buffer.from('one'))),
    framed(body(KIND.answer, 2, 0, Buffer.alloc(0))),
    framed(body(KIND.event, 0, 0, Buffer.from('\x01\0xyz'))),
  ]);
  for (let size = 1; size <= all.length; size++) {
    const frames: Frame[] = [];
    const reader = new FrameReader((frame) => frames.push(frame));
    for (let at = 0; at < all.length; at += size) reader.push(all.subarray(at, at + size));
    expect(frames.map(({ id, payload }) => [id, Buffer.from(payload).toString()])).toEqual([
      [1, 'one'],
      [2, ''],
      [0, 'yz'],
    ]);
  }
});

test('what is no frame is refused', () => {
  const push = (hex: string) => new FrameReader(() => {}).push(Buffer.from(hex, 'hex'));
  expect(() => push('ffffffff')).toThrow('a frame of 4294967295 bytes');
  expect(() => push('01000000')).toThrow('a frame of 1 bytes');
  expect(() => parseFrame(body(KIND.event, 0, 0, Buffer.from('\xff\0a', 'latin1')))).toThrow(
    'longer than the frame',
  );
});

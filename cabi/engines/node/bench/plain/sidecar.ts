// sidecar.ts: the benchmark's handler in a Node process, over one socket, many requests at a time.
//
// A frame is u32 length of the payload, u32 number of the request, payload; answers are the same.
// All requests that one read brings are answered with one write. Handlers may keep their input, as
// those of a library may: it is cut out of what was read, which nobody writes to again.

import { connect } from 'node:net';
import { echo } from '../library/src/echo.js';

const HEAD = 8;

let rest: Buffer = Buffer.alloc(0);

/** Answers the whole requests of `data`, and keeps what is left of a frame. */
function serve(data: Buffer): Buffer {
  const output = Buffer.allocUnsafe(data.length);
  let at = 0;
  let end = 0;
  while (data.length - at >= HEAD) {
    const length = data.readUInt32LE(at);
    if (data.length - at < HEAD + length) break;
    const answer = echo(data.subarray(at + HEAD, at + HEAD + length));
    output.writeUInt32LE(answer.length, end);
    output.writeUInt32LE(data.readUInt32LE(at + 4), end + 4);
    output.set(answer, end + HEAD);
    at += HEAD + length;
    end += HEAD + answer.length;
  }
  rest = data.subarray(at);
  return output.subarray(0, end);
}

const socket = connect({ path: process.argv[2] ?? '' });
socket.on('data', (fresh) => {
  socket.write(serve(rest.length === 0 ? fresh : Buffer.concat([rest, fresh])));
});

// http.ts: the benchmark's handler in a Node process, over HTTP with connections that are kept.
//
// Says the port on standard output, and ends with standard input. The body of a POST is the input,
// that of the answer the output.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { echo } from '../library/src/echo.js';

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const input = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
    const output = echo(input);
    response.writeHead(200, { 'content-length': output.length });
    response.end(output);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();

/**
 * echo-worker.ts: the far side of both peers, with the handler that the library has, too. Built as
 * one file of JavaScript: a worker thread does not inherit the loader of its parent.
 */

import { parentPort } from 'node:worker_threads';
import { echo } from '../../../../cabi/engines/node/bench/library/src/echo.js';

parentPort?.on('message', ({ id, payload }: { id: number; payload: Uint8Array }) =>
  parentPort?.postMessage({ id, payload: echo(payload) }),
);

/** What piscina calls. */
export default echo;

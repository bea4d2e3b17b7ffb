// The far side of both peers: echoes what it is sent. As plain JavaScript, for a worker thread
// does not inherit the loader of its parent.

import { parentPort } from 'node:worker_threads';

parentPort?.on('message', ({ id, payload }) => parentPort?.postMessage({ id, payload }));

/** What piscina calls. */
export default (payload) => payload;

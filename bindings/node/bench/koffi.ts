/**
 * koffi.ts: the koffi transport beside the other ways that koffi has, in one run.
 *
 *   node --import tsx bindings/node/bench/koffi.ts
 */

import { findCore } from '../src/core-path.js';
import { openKoffiTransport } from '../src/koffi/transport.js';
import { compileEchoLibrary } from '../src/testing/echo-library.js';
import { measure, print } from './in-flight.js';
import { startEcho } from './koffi/echo.js';
import { startWay, WAYS } from './koffi/ways.js';

const KIB = 1024;
/** Payload, requests in flight, requests that are measured. */
const LOADS = [
  [64, 1, 10_000],
  [64, 64, 200_000],
  [64, 1_024, 400_000],
  [4 * KIB, 64, 50_000],
  [KIB * KIB, 8, 200],
] as const;

const library = compileEchoLibrary();
const core = findCore();
for (const [size, inFlight, count] of LOADS) {
  const { ask, close } = startEcho(openKoffiTransport(core), library.path, size);
  print(`transport, ${size} bytes`, await measure(ask, inFlight, count));
  await close();
}
for (const way of WAYS) {
  for (const [inFlight, count] of [
    [1, 5_000],
    [64, way === 'callback' ? 5_000 : 100_000],
    [1_024, way === 'callback' ? 5_000 : 200_000],
  ] as const) {
    const { ask, close } = startWay(way, core, library.path);
    print(way, await measure(ask, inFlight, count));
    await close();
  }
}
library.remove();

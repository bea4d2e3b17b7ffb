/** native.ts: the functions of the compiled addon, and where it is found. */

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Transport } from '@weir-ffi/sdk/host';
import { checkoutBuild } from '../core-path.js';

/** Requests that were refused: owner, status, message, and so on for each. */
export type Refusals = (number | string)[] | undefined;

/** The calls of a transport that the addon has as they are. */
type SameCalls = Pick<
  Transport,
  | 'version'
  | 'ref'
  | 'unref'
  | 'openLibrary'
  | 'findMethod'
  | 'closeLibrary'
  | 'prewarm'
  | 'createNow'
  | 'createQueued'
  | 'cancelCreate'
  | 'cancel'
  | 'destroyContext'
  | 'listen'
  | 'unlisten'
  | 'release'
>;

/**
 * What native/ exports. Calls that fail throw an Error with `status`, and `slots` where known.
 * Structs of the core cross as their bytes.
 */
export interface NativeAddon extends SameCalls {
  start(
    onWake: () => void,
    outgoing: ArrayBuffer,
    incoming: ArrayBuffer,
    endsWithProcess: boolean,
  ): void;
  flush(bytes: number): Refusals;
  send(
    context: number,
    owner: number,
    method: number,
    timeoutMs: number,
    payload: Uint8Array,
  ): Refusals;
  /** The number of records in the inbox, with the large payloads where there are some. */
  collect(): number | [number, ArrayBuffer[]];
  /** @param options a weir_pool_options; the addon adds where the pool delivers */
  createPool(library: number, options: ArrayBuffer): number;
  /** @returns a weir_pool_stats */
  poolStats(pool: number): ArrayBuffer;
  /** @returns the status, and a weir_close_report */
  closePool(pool: number, timeoutMs: number): Promise<{ status: number; report: ArrayBuffer }>;
  /** @returns a weir_process_stats */
  processStats(): ArrayBuffer;
}

/** The package, from src/addon as well as from dist/addon. */
const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** The file that WEIR_ADDON names, else a checkout's build, else what the package has for here. */
function findAddon(): string {
  const named = process.env.WEIR_ADDON;
  if (named !== undefined && named !== '') return named;
  const built = checkoutBuild === undefined ? undefined : join(checkoutBuild, 'weir_addon.node');
  if (built !== undefined && existsSync(built)) return built;
  const { path } = createRequire(import.meta.url)('node-gyp-build') as NodeGypBuild;
  return path(packageRoot);
}

interface NodeGypBuild {
  /** The addon that was compiled when the package was installed, else the prebuilt one. */
  path(root: string): string;
}

/**
 * Load the addon, and with it the core, whose functions libraries in C find by name: so both are
 * loaded for the whole process.
 *
 * @throws what the loader says
 */
export function loadAddon(): NativeAddon {
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  const loaded = { exports: {} };
  process.dlopen(loaded as NodeModule, findAddon(), RTLD_NOW | RTLD_GLOBAL);
  return loaded.exports as NativeAddon;
}

/**
 * core-path.ts: where the core, libweir.so.0, is found without the addon, which knows by itself: it
 * lies beside it in each of these places.
 */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WeirError } from '@weir-ffi/sdk/host';

/** One name in all places: the loader takes two names for two cores. */
const FILE = 'libweir.so.0';

/** The package, from src as well as from dist. */
const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Of a release build; undefined in an installation, which has no CMakeLists.txt. */
export const checkoutBuild = existsSync(join(packageRoot, 'CMakeLists.txt'))
  ? join(packageRoot, '..', '..', 'build', 'release', 'lib')
  : undefined;

/** As they are tried: of a checkout, of an installation that compiled, a prebuilt. */
const PLACES = [
  ...(checkoutBuild === undefined ? [] : [checkoutBuild]),
  join(packageRoot, 'build', 'Release'),
  join(packageRoot, 'prebuilds', `${process.platform}-${process.arch}`),
];

/**
 * The file that WEIR_LIBRARY_PATH names, else the first that is there.
 *
 * @param places folders
 * @throws WeirError TRANSPORT_MISSING, which names all places
 */
export function findCore(places: readonly string[] = PLACES): string {
  const named = process.env.WEIR_LIBRARY_PATH;
  if (named !== undefined && named !== '') {
    return named;
  }
  const found = places.map((place) => join(place, FILE)).find((path) => existsSync(path));
  if (found === undefined) {
    const reason = `no ${FILE} in ${places.join(', ')}; WEIR_LIBRARY_PATH can name it`;
    throw new WeirError('TRANSPORT_MISSING', 'open the koffi transport', reason);
  }
  return found;
}

// Go with the core: which Go, and where cgo finds the header and the library.

import { findGo } from './find-go.mjs';
import { at } from './paths.js';

export interface GoCommand {
  path: string;
  version: string;
  env: Record<string, string>;
}

/** The Go to use, or what is wrong. */
export function goCommand(): GoCommand | { problem: string } {
  const { go, tooOld } = findGo();
  if (!go) {
    const seen = tooOld.length > 0 ? `; too old: ${tooOld.join(', ')}` : '';
    return { problem: `no Go that is new enough was found${seen} (node scripts/bootstrap.mjs)` };
  }
  const library = at('build/release/lib');
  return {
    ...go,
    env: {
      CGO_ENABLED: '1',
      CGO_CFLAGS: `-I${at('cabi/include')}`,
      CGO_LDFLAGS: `-L${library} -Wl,-rpath,${library}`,
      GOFLAGS: '-mod=readonly',
      GOTOOLCHAIN: 'local', // never fetch another Go in the middle of a run
    },
  };
}

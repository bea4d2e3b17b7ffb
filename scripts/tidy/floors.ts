// The floors of cabi/src: a file includes its own floor and those below it, never one above.
// A test beside its source may also use what supports tests.

import type { Problem, Rule, SourceFile } from './rule.js';

const SOURCE = 'cabi/src/';
const FLOORS = ['base', 'core', 'engine', 'runtime', 'capi'];
const TEST = /_test\.cpp$/;

function checkFile({ path, lines }: SourceFile): Problem[] {
  const own = path.slice(SOURCE.length).split('/')[0] ?? '';
  const height = FLOORS.indexOf(own);
  if (height < 0) {
    return [{ file: path, line: 1, message: `not on a floor: ${FLOORS.join(' < ')}` }];
  }
  return lines.flatMap((text, index): Problem[] => {
    const included = /^\s*#\s*include\s+"([^"]+)"/.exec(text)?.[1];
    if (included === undefined) return [];
    const problem = (message: string): Problem[] => [{ file: path, line: index + 1, message }];
    const floor = included.split('/')[0] ?? '';
    if (floor === 'support' && TEST.test(path)) return [];
    if (!FLOORS.includes(floor)) {
      return problem(`"${included}": write the path from ${SOURCE}, such as "base/clock.hpp"`);
    }
    if (FLOORS.indexOf(floor) > height) {
      return problem(`${own} includes "${included}", which is a floor above it`);
    }
    return [];
  });
}

export const floorDirection: Rule = {
  name: `includes in ${SOURCE} go down only (${FLOORS.join(' < ')})`,
  needs: 'sources',
  check: (files) =>
    files
      .filter(({ path }) => path.startsWith(SOURCE) && /\.(c|h|cpp|hpp)$/.test(path))
      .flatMap(checkFile),
};

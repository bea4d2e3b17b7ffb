/** weir diff: what changed between two contracts, and whether it breaks hosts. */

import { type ContractChange, contractHash, diffContracts } from '../../contract/index.js';
import { EXIT } from '../errors.js';
import { colorsFor, type Io } from '../io.js';
import { loadContract } from '../load-contract.js';

export interface DiffOptions {
  json?: boolean;
}

function asText(io: Io, changes: readonly ContractChange[], same: boolean): string {
  if (changes.length === 0) {
    return same ? 'the same contract' : 'compatible: nothing differs that hosts notice';
  }
  const { green, red } = colorsFor(io.stdout, io.env);
  const paths = Math.max(...changes.map(({ path }) => path.length));
  const words = Math.max(...changes.map(({ change }) => change.length));
  // What breaks is read first.
  const sorted = [...changes].sort((a, b) => Number(a.compatible) - Number(b.compatible));
  const lines = sorted.map(({ path, change, compatible, why }) => {
    const mark = compatible ? green('ok    ') : red('breaks');
    return `${mark}  ${path.padEnd(paths)}  ${change.padEnd(words)}  ${why}`;
  });
  const breaking = changes.filter(({ compatible }) => !compatible).length;
  const verdict =
    breaking === 0
      ? 'compatible: hosts of the old contract work with the new one'
      : `breaking: ${breaking} of ${changes.length} changes break hosts of the old contract`;
  return `${lines.join('\n')}\n\n${verdict}`;
}

/** @returns the exit code: 1 when something breaks hosts of the old contract */
export async function diffCommand(
  io: Io,
  beforePath: string,
  afterPath: string,
  options: DiffOptions,
): Promise<number> {
  const before = await loadContract(io, beforePath);
  const after = await loadContract(io, afterPath);
  const changes = diffContracts(before, after);
  const compatible = changes.every((change) => change.compatible);
  const [oldHash, newHash] = [contractHash(before), contractHash(after)];
  const text = options.json
    ? JSON.stringify({ ok: compatible, compatible, oldHash, newHash, changes })
    : asText(io, changes, oldHash === newHash);
  io.stdout.write(`${text}\n`);
  return compatible ? EXIT.ok : EXIT.failed;
}

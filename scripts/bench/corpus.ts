// Real files to format: of the packages that are installed, the same ones each time.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { format } from 'prettier';
import { at } from '../lib/paths.js';

const KINDS = ['.ts', '.js', '.json', '.md'];
const LEAST_BYTES = 200;

interface Wanted {
  /** Bytes of the largest. */
  most: number;
  count: number;
}

const isKind = (kind: string, name: string): boolean =>
  extname(name) === kind && !name.endsWith('.d.ts') && !name.includes('.min.');

async function isFormatted(path: string): Promise<boolean> {
  try {
    await format(readFileSync(path, 'utf8'), { filepath: path });
    return true;
  } catch {
    return false; // not of its language: nothing that a throughput could be measured with
  }
}

/** As many of each kind, at equal distances in the list of all. */
export async function chooseFiles({ most, count }: Wanted): Promise<string[]> {
  const root = at('node_modules');
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const chosen: string[] = [];
  for (const kind of KINDS) {
    const found = all
      .filter((name) => isKind(kind, name))
      .map((name) => join(root, name))
      .filter((path) => {
        const { size } = statSync(path);
        return size >= LEAST_BYTES && size <= most;
      });
    const wanted = count / KINDS.length;
    for (let index = 0; index < wanted; index++) {
      const path = found[Math.floor((index * found.length) / wanted)];
      if (path !== undefined && (await isFormatted(path))) chosen.push(path);
    }
  }
  return chosen;
}

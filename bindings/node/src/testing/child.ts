/**
 * child.ts: runs JavaScript that uses this package, as it is built in dist, in a Node process of
 * its own.
 */

import { spawn } from 'node:child_process';

const index = new URL('../../dist/index.js', import.meta.url).href;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** What a program may use without saying so. */
const head = (library: string, kind: string): string => `
  import { createTransport, Library } from ${JSON.stringify(index)};
  import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
  const transport = createTransport(${JSON.stringify(kind)});
  const library = await Library.open(${JSON.stringify(library)}, { transport });
  const bytes = (text) => new TextEncoder().encode(text);
  const text = (payload) => new TextDecoder().decode(payload);
`;

/** The program as a URL that both Node and its workers can import. */
export const programUrl = (library: string, kind: string, body: string): string =>
  `data:text/javascript,${encodeURIComponent(head(library, kind) + body)}`;

/**
 * Run a program to its end.
 *
 * @param node the executable
 * @param flags of Node, such as --expose-gc
 */
export function runProgram(
  url: string,
  { node = process.execPath, flags = [] as string[], env = {} as NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const start = `await import(${JSON.stringify(url)})`;
  const args = [...flags, '--input-type=module', '-e', start];
  const environment = { ...process.env, NODE_OPTIONS: '', ...env };
  const child = spawn(node, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const add = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

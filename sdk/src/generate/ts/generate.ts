/**
 * generate.ts: a typed client for a TypeScript host.
 *
 * - contract.ts: the types, and the maps `Methods`, `Events`, `Errors` and `Types`; imports nothing
 * - document.ts: the contract itself
 * - client.ts: `open`, `create`, `isError` and the class Client; exports contract.ts, too
 *
 * Guarantees: the same bytes for the same contract; strict TypeScript without findings, with
 * `exactOptionalPropertyTypes` and `noUnusedLocals`. It needs @weir-ffi/node.
 */

import { type GeneratedFile, headLines } from '../head.js';
import type { Model } from '../model.js';
import { printClient } from './client.js';
import { printContract, printDocument } from './contract.js';
import { planOf } from './plan.js';

/** @throws GenerateError in quicktype's words */
export async function generateTs(model: Model): Promise<GeneratedFile[]> {
  const plan = await planOf(model);
  const head = headLines(model, 'ts').map((line) => `// ${line}\n`);
  const file = (path: string, body: string): GeneratedFile => ({
    path,
    text: [...head, '\n', body].join(''),
  });
  return [
    file('contract.ts', printContract(plan)),
    file('client.ts', printClient(plan)),
    file('document.ts', printDocument(model)),
  ];
}

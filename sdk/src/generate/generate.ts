/** generate.ts: typed clients of a contract in one language. */

import type { ContractDocument } from '../contract/index.js';
import { generateC } from './c/generate.js';
import { type GoOptions, generateGo } from './go/generate.js';
import type { GeneratedFile, Target } from './head.js';
import { modelOf } from './model.js';
import { generateTs } from './ts/generate.js';

export type { GeneratedFile, Target } from './head.js';
export { GenerateError } from './model.js';

export type GenerateOptions = GoOptions;

/**
 * The files of a client. The same contract gives the same files.
 *
 * @throws GenerateError when the contract has no form in that language
 */
export async function generate(
  target: Target,
  contract: ContractDocument,
  options: GenerateOptions = {},
): Promise<GeneratedFile[]> {
  const model = modelOf(contract);
  if (target === 'go') return generateGo(model, options);
  return target === 'ts' ? generateTs(model) : generateC(model);
}

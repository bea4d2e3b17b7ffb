/** contract.ts: prints the types of a contract, and the contract itself. */

import { commentLines } from '../head.js';
import type { Model } from '../model.js';
import type { Plan } from './plan.js';
import { docComment, key, payloadType, printTypes, quote } from './types.js';

interface Member {
  readonly name: string;
  readonly doc?: readonly string[];
  readonly type: string;
}

/** A type and no interface: those are not taken where any names may stand. */
function printMap(name: string, doc: string, members: readonly Member[]): string {
  const lines = members.map(
    (member) => `${docComment(member.doc ?? [], '  ')}  ${key(member.name)}: ${member.type};\n`,
  );
  if (lines.length === 0) return `/** ${doc} */\nexport type ${name} = Record<never, never>;\n`;
  return `/** ${doc} */\nexport type ${name} = {\n${lines.join('')}};\n`;
}

const TYPES = `/** All of them, for the host API: \`Library<Types>\`, \`Context<Types>\`. */
export type Types = { config: Config; methods: Methods; events: Events; errors: Errors };
`;

/** The body of contract.ts. */
export function printContract({ model, types, config, methods, events, errors }: Plan): string {
  const configType = payloadType(config);
  const parts = [
    [
      `export const libraryName = ${quote(model.name)};\n`,
      `export const libraryVersion = ${quote(model.version)};\n`,
      `export const contractHash =\n  ${quote(model.hash)};\n`,
    ].join(''),
    printTypes(types),
    configType === 'Config'
      ? ''
      : `/** What creating an instance takes. */\nexport type Config = ${configType};\n`,
    printMap(
      'Methods',
      'Input and output of each method.',
      methods.map(({ name, description, takes, gives }) => ({
        name,
        doc: commentLines(description),
        type: `{ input: ${payloadType(takes)}; output: ${payloadType(gives)} }`,
      })),
    ),
    printMap(
      'Events',
      'The payload of each event.',
      events.map(({ name, type }) => ({ name, type: payloadType(type) })),
    ),
    printMap(
      'Errors',
      'The details of each declared error, by its code.',
      errors.map(({ code, details }) => ({ name: code, type: payloadType(details) })),
    ),
    TYPES,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The body of document.ts. */
export const printDocument = ({ document }: Model): string =>
  `import type { ContractDocument } from '@weir-ffi/node';

/** The contract, with which a library is compared when it is opened. */
export const document: ContractDocument = ${JSON.stringify(document, null, 2)};
`;

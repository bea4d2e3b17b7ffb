/** client.ts: prints the client of a library: one method a method, two an event. */

import { commentLines } from '../head.js';
import { Names } from '../names.js';
import { memberName } from './names.js';
import type { PayloadType, Plan, PlannedEvent, PlannedMethod } from './plan.js';
import { docComment, namesIn, payloadType, quote } from './types.js';

/**
 * Members that a client has without any contract: its own, those of all objects, and `then`, which
 * would make it a promise.
 */
const OWN = ['context', 'destroy', 'then', ...Object.getOwnPropertyNames(Object.prototype)];

/** Columns of a line that is written. */
const WIDTH = 100;

class Members {
  private readonly names = new Names(OWN);

  /** A method named `then` becomes `callThen`, and a second `format` becomes `format2`. */
  method(raw: string): string {
    const plain = memberName(raw);
    return this.names.take(OWN.includes(plain) ? `call${upperFirst(plain)}` : plain);
  }

  take(name: string): string {
    return this.names.take(name);
  }
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The head of a member, in one line where it fits. */
function signature(name: string, parameters: readonly string[], result: string): string {
  const line = `  ${name}(${parameters.join(', ')}): ${result} {\n`;
  if (line.length <= WIDTH + 1) return line;
  return `  ${name}(\n${parameters.map((one) => `    ${one},\n`).join('')}  ): ${result} {\n`;
}

function printMethod(method: PlannedMethod, members: Members): string {
  const { name, takes, gives, description } = method;
  const about = commentLines(description);
  const doc = docComment(about.length > 0 ? about : [`Call \`${name}\`.`], '  ');
  const input = takes === undefined ? [] : [`input: ${payloadType(takes)}`];
  const parameters = [...input, 'options: weir.RequestOptions = NO_OPTIONS'];
  const result = `Promise<${gives === undefined ? 'void' : payloadType(gives)}>`;
  const argument = takes === undefined ? 'undefined' : 'input';
  return `${doc}${signature(members.method(name), parameters, result)}\
    return this.context.request(${quote(name)}, ${argument}, options);
  }
`;
}

function printEvent({ name, type }: PlannedEvent, members: Members): string {
  const base = memberName(name);
  const payload = payloadType(type);
  const on = members.take(`on${upperFirst(base)}`);
  const events = members.take(`${base}Events`);
  const listener = `listener: (payload: ${payload}) => unknown`;
  const options = 'options: weir.EventsOptions = {}';
  return `  /** Listen to \`${name}\`; see Context.on. */
${signature(on, [listener], 'weir.Subscription')}\
    return this.context.on(${quote(name)}, listener);
  }

  /** Iterate over \`${name}\`, with back-pressure; see Context.events. */
${signature(events, [options], `weir.EventStream<${payload}>`)}\
    return this.context.events(${quote(name)}, options);
  }
`;
}

const OPEN = `/** What this client was made for; a library is compared with it when it is opened. */
export const contract: weir.ClientContract<Types> = {
  name: libraryName,
  version: libraryVersion,
  hash: contractHash,
  document,
};

/**
 * Open the library; see Library.open. Another version of it opens when nothing in it breaks this
 * client.
 *
 * @throws WeirError CONTRACT_MISMATCH with \`differences\`, a line each
 */
export function open(
  path: string | URL,
  options: Omit<weir.OpenOptions<Types>, 'contract'> = {},
): Promise<weir.Library<Types>> {
  return weir.Library.open<Types>(path, { ...options, contract });
}
`;

const printCreate = (config: PayloadType): string => `\
/**
 * Lease a context of a pool and make an instance in it; see Pool.create.
 *
 * @throws WeirError CONTRACT_MISMATCH when the pool is of a library that this client does not fit
 */
export async function create(
  pool: weir.Pool<Types>,${config === undefined ? '' : '\n  config: Config,'}
  options: weir.CreateOptions = {},
): Promise<Client> {
  pool.requireContract(contract);
  return new Client(await pool.create(${config === undefined ? 'undefined' : 'config'}, options));
}
`;

const IS_ERROR = `\
/** Whether the library declares an error, which then has typed \`library.details\`. */
export function isError<C extends weir.ErrorCode<Types>>(
  error: unknown,
  code: C,
): error is weir.DeclaredError<Types, C> {
  return weir.isDeclaredError<Types, C>(error, code);
}
`;

const CLIENT_HEAD = `/** Calls the library in one context. Destroy it, best by \`await using\`. */
export class Client implements AsyncDisposable {
  readonly context: weir.Context<Types>;

  /** @param context of this library, which the client destroys */
  constructor(context: weir.Context<Types>) {
    this.context = context;
  }
`;

const CLIENT_END = `  /** Destroy the context; see Context.destroy. */
  destroy(): Promise<weir.DestroyReport> {
    return this.context.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.destroy();
  }
}
`;

function printImports({ config, methods, events, types }: Plan): string {
  const uses = [...methods.flatMap(({ takes, gives }) => [takes, gives])];
  const all = [...uses, ...events.map(({ type }) => type)];
  const used = new Set(all.flatMap((use) => (use === undefined ? [] : namesIn(use))));
  const declared = types.declarations.map(({ name }) => name).filter((name) => used.has(name));
  const own = config === undefined ? [] : ['Config'];
  const names = [...new Set([...declared, ...own, 'Types'])].sort().map((name) => `type ${name}`);
  const values = ['contractHash', 'libraryName', 'libraryVersion'];
  const list = [...names, ...values].map((name) => `  ${name},\n`).join('');
  return `import * as weir from '@weir-ffi/node';
import {
${list}} from './contract.js';
import { document } from './document.js';

export * from './contract.js';
`;
}

/** The body of client.ts. */
export function printClient(plan: Plan): string {
  const { config, methods, events, errors } = plan;
  const members = new Members();
  const body = [
    CLIENT_HEAD,
    ...methods.map((method) => printMethod(method, members)),
    ...events.map((event) => printEvent(event, members)),
    CLIENT_END,
  ];
  return [
    printImports(plan),
    OPEN,
    printCreate(config),
    ...(errors.length > 0 ? [IS_ERROR] : []),
    ...(methods.length > 0 ? ['const NO_OPTIONS: weir.RequestOptions = {};\n'] : []),
    body.join('\n'),
  ].join('\n');
}

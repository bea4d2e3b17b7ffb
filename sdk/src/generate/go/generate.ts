/**
 * generate.ts: a Go package for a contract: client.go, contract.go with contract.json, errors.go,
 * events.go, types.go, wire.go.
 *
 * Guarantees: as gofmt writes it, without findings of go vet, the same bytes for the same contract.
 * It needs Go 1.21, github.com/weir-ffi/weir-go and github.com/fxamacker/cbor/v2 from 2.8 on.
 */

import type { JsonSchema } from '../../contract/index.js';
import { commentLines, type GeneratedFile, headLines } from '../head.js';
import { GenerateError, type Model, type Payload } from '../model.js';
import { Names } from '../names.js';
import { namedTypes } from '../quicktype.js';
import { reachable, type Types } from '../types.js';
import { goEvents, goMethods, printClient } from './client.js';
import { contractFile, printContract } from './contract.js';
import { type ErrorType, errorTypes, printErrors } from './errors.js';
import { printEvents } from './events.js';
import { checkPackageName, goNaming, OWN_NAMES, packageName } from './names.js';
import { JSON_KINDS, KINDS, POINTER, WIRE } from './support.js';
import { comment, hasNil, printTypes } from './types.js';

export interface GoOptions {
  /** Of the Go package; default: from the library's name. */
  readonly packageName?: string | undefined;
}

const STANDARD = /^[a-z/0-9]+$/;

function importsFor(body: string): string {
  const known: [string, string, RegExp][] = [
    ['bytes', '', /\bbytes\./],
    ['embed', '_ ', /\bvar document string\b/],
    ['context', '', /\bcontext\.Context\b/],
    ['encoding/json', '', /\bjson\./],
    ['errors', '', /\berrors\./],
    ['fmt', '', /\bfmt\./],
    ['reflect', '', /\breflect\./],
    ['strings', '', /\bstrings\./],
    ['github.com/fxamacker/cbor/v2', '', /\bcbor\.(?!")/],
    ['github.com/weir-ffi/weir-go', 'weir ', /\bweir\./],
  ];
  const code = body.replace(/\/\/.*$/gm, '').replace(/`[^`]*`|"(?:[^"\\\n]|\\.)*"/g, '""');
  const used = known.filter(([, , pattern]) => pattern.test(code));
  if (used.length === 0) return '';
  const line = ([path, name]: [string, string, RegExp]) => `\t${name}"${path}"\n`;
  const own = used.filter(([path]) => STANDARD.test(path)).map(line);
  const others = used.filter(([path]) => !STANDARD.test(path)).map(line);
  const gap = own.length > 0 && others.length > 0 ? '\n' : '';
  return `import (\n${own.join('')}${gap}${others.join('')})\n\n`;
}

/** Bytes and text in one union would both become text: refuse it, with its place. */
function checkUnions(schema: unknown, place: string): void {
  if (Array.isArray(schema)) {
    for (const [index, one] of schema.entries()) checkUnions(one, `${place}/${index}`);
    return;
  }
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if ((key === 'anyOf' || key === 'oneOf') && Array.isArray(value)) {
      const texts = (value as JsonSchema[]).filter(({ type }) => type === 'string');
      if (new Set(texts.map(({ weirType }) => weirType)).size > 1) {
        throw new GenerateError(`${place}: a union of text and bytes has no form in Go`);
      }
    }
    checkUnions(value, `${place}/${key}`);
  }
}

function optionalPointers({ declarations }: Types): boolean {
  return declarations.some(
    (one) =>
      (one.kind === 'struct' &&
        one.fields.some(
          ({ optional, type }) => type.kind === 'nullable' || (optional && !hasNil(type)),
        )) ||
      one.kind === 'union',
  );
}

function wireBody(types: Types, typesBody: string): string {
  const union = types.declarations.some(({ kind }) => kind === 'union');
  return [
    WIRE,
    optionalPointers(types) ? POINTER : '',
    union ? KINDS : '',
    typesBody.includes('jsonKindOf') ? JSON_KINDS : '',
  ].join('');
}

/** What each root type is for, by the name that it got. */
function rolesOf(types: Types, wanted: ReadonlyMap<string, string>): Map<string, string> {
  const roles = new Map<string, string>();
  for (const [root, role] of wanted) {
    const use = types.roots.get(root);
    if (use?.kind === 'named' && use.name === root) roles.set(use.name, role);
  }
  return roles;
}

interface Plan {
  readonly roots: Map<string, JsonSchema>;
  readonly roles: Map<string, string>;
}

function add(plan: Plan, name: string, payload: Payload, role: string): void {
  if (payload.kind !== 'value' || name === '') return;
  plan.roots.set(name, payload.schema);
  plan.roles.set(name, role);
}

function jsonTypes(types: Types, errors: readonly ErrorType[]): ReadonlySet<string> {
  const uses = errors.flatMap(({ details }) => {
    const use = details === undefined ? undefined : types.roots.get(details);
    return use === undefined ? [] : [use];
  });
  return reachable(types, uses);
}

/** @throws GenerateError with the place that has no form in Go */
export async function generateGo(model: Model, options: GoOptions = {}): Promise<GeneratedFile[]> {
  const name = checkPackageName(options.packageName ?? packageName(model.name));
  const names = new Names(OWN_NAMES);
  const errors = errorTypes(model, names);
  const reserved = [...OWN_NAMES, ...errors.map((error) => error.name)];
  const methods = goMethods(model, names);
  const events = goEvents(model, methods, names);
  const configType = names.take('Config');
  const plan: Plan = { roots: new Map(), roles: new Map() };
  add(plan, configType, model.config, 'what Create gives to the library');
  for (const method of methods) {
    add(plan, method.inputType, method.input, `the input of ${method.goName}`);
    add(plan, method.outputType, method.output, `the output of ${method.goName}`);
  }
  for (const event of events)
    add(plan, event.type, event.payload, `the payload of ${event.goName}`);
  model.errors.forEach(({ details }, index) => {
    const error = errors[index];
    if (details === undefined || error?.details === undefined) return;
    plan.roots.set(error.details, details);
    plan.roles.set(error.details, `what ${error.name} tells`);
  });
  for (const [root, schema] of plan.roots) checkUnions(schema, root);
  for (const [definition, schema] of Object.entries(model.definitions))
    checkUnions(schema, definition);
  const types = await namedTypes(plan.roots, model.definitions, goNaming(reserved));
  const typesBody = printTypes(types, {
    json: jsonTypes(types, errors),
    roles: rolesOf(types, plan.roles),
  });
  const eventsBody = printEvents(events, types);
  const doc = [`Package ${name} is a client of the weir library ${model.name}.`];
  const about = commentLines(model.description);
  const head = `${comment(headLines(model, 'go')).join('\n')}\n\n`;
  const file = (path: string, body: string, packageDoc: readonly string[] = []): GeneratedFile => ({
    path,
    text: [
      head,
      [...comment(packageDoc), `package ${name}`].join('\n'),
      '\n\n',
      importsFor(body),
      body,
    ].join(''),
  });
  return [
    file(
      'client.go',
      printClient(model, methods, events, configType, types),
      about.length > 0 ? [...doc, '', ...about] : doc,
    ),
    file('contract.go', printContract(model)),
    { path: 'contract.json', text: contractFile(model) },
    file('errors.go', printErrors(errors, types)),
    ...(eventsBody === '' ? [] : [file('events.go', eventsBody)]),
    ...(typesBody === '' ? [] : [file('types.go', typesBody)]),
    file('wire.go', wireBody(types, typesBody)),
  ];
}

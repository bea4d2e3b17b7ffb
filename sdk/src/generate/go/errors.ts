/** errors.ts: the declared errors of a library as Go types. */

import type { Model } from '../model.js';
import type { Names } from '../names.js';
import type { Types } from '../types.js';
import { exportedName } from './names.js';
import { LIBRARY_ERROR } from './support.js';
import { goType } from './types.js';

export interface ErrorType {
  readonly code: string;
  /** The Go type: NotFoundError. */
  readonly name: string;
  /** The name under which the details' type was asked for, or undefined without details. */
  readonly details: string | undefined;
}

export function errorTypes(model: Model, names: Names): ErrorType[] {
  return model.errors.map(({ code, details }) => {
    const base = exportedName(code);
    const name = names.take(base.endsWith('Error') ? base : `${base}Error`);
    return { code, name, details: details === undefined ? undefined : `${name}Details` };
  });
}

function printError({ code, name, details }: ErrorType, types: Types): string {
  const use = details === undefined ? undefined : types.roots.get(details);
  const fields = use === undefined ? '' : `\tDetails ${goType(use)}\n`;
  return `// ${name} is the error that the library declares as ${code}.
type ${name} struct {
\t*LibraryError
${fields}}

// Unwrap gives the LibraryError.
func (e *${name}) Unwrap() error { return e.LibraryError }
`;
}

function printArm({ code, name, details }: ErrorType): string {
  const make = `&${name}{LibraryError: e}`;
  if (details === undefined) return `\tcase ${JSON.stringify(code)}:\n\t\treturn ${make}\n`;
  return `\tcase ${JSON.stringify(code)}:
\t\ttyped := ${make}
\t\tif json.Unmarshal(e.Details, &typed.Details) == nil {
\t\t\treturn typed
\t\t}
`;
}

/** The body of errors.go, below its imports. */
export function printErrors(errors: readonly ErrorType[], types: Types): string {
  const arms = errors.map(printArm).join('');
  const body = arms === '' ? '' : `\tswitch e.Code {\n${arms}\t}\n`;
  const declared = `
// declared gives the type of a declared error, whose details tell more than LibraryError does.
func declared(e *LibraryError) error {
${body}\treturn e
}
`;
  return [
    LIBRARY_ERROR.trimStart(),
    declared.trimStart(),
    ...errors.map((error) => printError(error, types)),
  ].join('\n');
}

/**
 * generate.ts: a C header for a contract: names, the contract's hash and its check, and for each
 * method a function over weir_request_wait and one over weir_request_send.
 *
 * Guarantees: compiles as C11 and C++20 without warnings (-Wall -Wextra -Wpedantic); needs nothing
 * but weir.h and the C library. Values cross as CBOR that the host reads and writes itself; methods
 * over bytes need no CBOR.
 *
 * Methods are called by name: the numbers of methods are not part of the contract, so those that a
 * host wants for batches are looked up once (NAME_methods_load).
 */

import { commentLines, type GeneratedFile, headLines } from '../head.js';
import type { Model, Payload } from '../model.js';
import {
  calling,
  type NamedMethod,
  namedMethods,
  sendingMethod,
  waitingMethod,
} from './methods.js';
import { opening } from './opening.js';
import { block, crossing, literal, named, snake, upper, wrap } from './text.js';

/** What the header declares itself, behind its prefix. */
const OWN_NAMES = ['call', 'contract_check', 'failure', 'methods', 'methods_load', 'open', 'send'];

function constants(prefix: string, model: Model, methods: readonly NamedMethod[]): string {
  const define = (name: string, text: string) =>
    `#define ${upper(prefix)}_${upper(name)} ${literal(text)}\n`;
  const events = named(model.events, ({ name }) => name);
  const errors = named(model.errors, ({ code }) => code);
  return [
    define('library_name', model.name),
    define('library_version', model.version),
    `/** SHA-256 of the contract that this header was made from. */\n`,
    define('contract_hash', model.hash),
    methods.length > 0 ? '\n/* Names of methods. */\n' : '',
    ...methods.map(({ own, of }) => define(`method_${own}`, of.name)),
    events.length > 0 ? '\n/* Names of events, for weir_context_listen. */\n' : '',
    ...events.map(({ own, of }) => `${eventDoc(of.payload)}${define(`event_${own}`, of.name)}`),
    errors.length > 0 ? '\n/* Codes of declared errors. */\n' : '',
    ...errors.map(({ own, of }) => define(`error_${own}`, of.code)),
  ].join('');
}

function eventDoc(payload: Payload): string {
  const lines = wrap(crossing(payload, 'Payload'));
  return lines.length === 1 ? `/** ${lines[0]} */\n` : block(lines);
}

function numbers(prefix: string, methods: readonly NamedMethod[]): string {
  const type = `${prefix}_methods`;
  const fields = methods.map(({ own }) => `    uint32_t ${own}_;\n`).join('');
  const rows = methods.map(
    ({ own }) =>
      `        {${upper(prefix)}_METHOD_${upper(own)},\n` +
      `         sizeof(${upper(prefix)}_METHOD_${upper(own)}) - 1, &out_methods->${own}_},\n`,
  );
  return `/** Numbers of the methods in one loaded library, for weir_request.method. */
typedef struct ${type} {
${fields}} ${type};

${block([
  'Look up the numbers of all methods.',
  '',
  'Errors     UNKNOWN_METHOD  the library is of another contract; STALE_HANDLE',
])}static inline weir_status ${type}_load(weir_handle library, ${type} *out_methods)
{
    const struct {
        const char *name;
        size_t length;
        uint32_t *out_number;
    } all[] = {
${rows.join('')}    };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        weir_status status =
            weir_library_method(library, all[i].name, all[i].length, all[i].out_number);
        if (status != WEIR_OK) {
            return status;
        }
    }
    return WEIR_OK;
}
`;
}

export function generateC(model: Model): GeneratedFile[] {
  const prefix = /^[a-z]/.test(snake(model.name)) ? snake(model.name) : `lib_${snake(model.name)}`;
  const methods = namedMethods(model.methods, OWN_NAMES);
  const guard = `${upper(prefix)}_WEIR_H`;
  const about = commentLines(model.description);
  const text = [
    `/* ${headLines(model, 'c').join('\n * ')} */\n`,
    `#ifndef ${guard}\n#define ${guard}\n`,
    '#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <string.h>\n',
    '#include <weir/weir.h>\n',
    `#ifdef __cplusplus\nextern "C" {\n#endif\n`,
    about.length > 0 ? block(about).replace('/**', '/*') : '',
    constants(prefix, model, methods),
    methods.length > 0 ? numbers(prefix, methods) : '',
    opening(prefix),
    calling(prefix),
    ...methods.flatMap((one) => [waitingMethod(prefix, one), sendingMethod(prefix, one)]),
    `#ifdef __cplusplus\n}\n#endif\n`,
    '#endif\n',
  ];
  return [{ path: `${prefix}.h`, text: text.filter((part) => part !== '').join('\n') }];
}

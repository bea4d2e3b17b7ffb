/**
 * generate.ts: a C header for a contract: names, the contract's hash, and for each method a
 * function over weir_request_wait.
 *
 * Guarantees: compiles as C11 and C++20 without warnings (-Wall -Wextra -Wpedantic); needs nothing
 * but weir.h and the C library. Values cross as CBOR that the host reads and writes itself; methods
 * over bytes need no CBOR.
 *
 * Methods are called by name: the numbers of methods are not part of the contract, so those that a
 * host wants for batches are looked up once (NAME_methods_load).
 */

import { commentLines, type GeneratedFile, headLines } from '../head.js';
import type { Model, ModelMethod, Payload } from '../model.js';
import { Names } from '../names.js';
import { readable } from '../readable.js';

const LINE_MAX = 96;
/** What the header declares itself, behind its prefix. */
const OWN_NAMES = ['call', 'failure', 'methods', 'methods_load'];

const snake = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase() || 'unnamed';

const upper = (name: string): string => name.toUpperCase();

/** A C string literal: what is not plain ASCII as octal, which ends after three digits. */
export const literal = (text: string): string => {
  const bytes = [...Buffer.from(text, 'utf8')].map((byte) => {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
    return plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  });
  return `"${bytes.join('')}"`;
};

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LINE_MAX) {
      lines.push(line);
      line = `    ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

const block = (lines: readonly string[]): string =>
  `/**\n${lines.map((line) => ` *${line === '' ? '' : ` ${line}`}\n`).join('')} */\n`;

const crossing = (payload: Payload, role: string): string => {
  if (payload.kind === 'none') return `${role}: nothing`;
  if (payload.kind === 'bytes') return `${role}: bytes as they are`;
  return `${role}: CBOR of ${readable(payload.schema)}`;
};

interface Named<T> {
  readonly own: string;
  readonly of: T;
}

/** Each with a name in C of its own. */
function named<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
  taken: readonly string[] = [],
): Named<T>[] {
  const names = new Names(taken);
  return all.map((of) => ({ own: names.take(snake(nameOf(of))), of }));
}

function constants(prefix: string, model: Model, methods: readonly Named<ModelMethod>[]): string {
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

function numbers(prefix: string, methods: readonly Named<ModelMethod>[]): string {
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

const call = (
  prefix: string,
): string => `/** What the functions below share; see weir_request_wait. */
static inline weir_status ${prefix}_call(weir_handle context, const char *method,
                                         size_t method_length, const void *data, size_t length,
                                         uint32_t timeout_ms, weir_record *out_response,
                                         weir_error *out_error)
{
    weir_request request = WEIR_REQUEST_INIT;
    request.name = method;
    request.name_length = method_length;
    request.data = data;
    request.length = length;
    request.timeout_ms = timeout_ms;
    return weir_request_wait(context, &request, out_response, out_error);
}

${block([
  'The parts of a failure: its message, and a JSON document with "code", "details" and "path" when',
  'there is one.',
  '',
  "Ownership  The text is the record's. `*out_json` is NULL without a document.",
])}static inline void ${prefix}_failure(const weir_record *response, size_t *out_message_length,
                                        const char **out_json, size_t *out_json_length)
{
    const char *text = (const char *)response->data;
    const char *zero =
        response->length == 0 ? NULL : (const char *)memchr(text, 0, response->length);
    *out_message_length = zero == NULL ? response->length : (size_t)(zero - text);
    *out_json = zero == NULL ? NULL : zero + 1;
    *out_json_length = zero == NULL ? 0 : response->length - *out_message_length - 1;
}
`;

function method(prefix: string, { own, of }: Named<ModelMethod>): string {
  const data = of.input.kind === 'bytes' ? ['data', 'length'] : ['cbor', 'cbor_length'];
  const takes = of.input.kind !== 'none';
  const constant = `${upper(prefix)}_METHOD_${upper(own)}`;
  const parameters = [
    'weir_handle context',
    ...(takes ? [`const void *${data[0]}`, `size_t ${data[1]}`] : []),
    'uint32_t timeout_ms',
    'weir_record *out_response',
    'weir_error *out_error',
  ];
  const description = commentLines(of.description);
  const doc = [
    `Call ${JSON.stringify(of.name)} and wait for its answer.`,
    ...(description.length > 0 ? ['', ...description] : []),
    '',
    ...wrap(crossing(of.input, 'Input')),
    ...wrap(crossing(of.output, 'Output')),
    '',
    "Ownership  `*out_response` is the caller's until weir_records_release, after WEIR_OK.",
    'Blocks     Up to `timeout_ms`; 0 = no limit.',
    'Errors     Those of weir_request_wait. `out_response->status` is what the library answered.',
  ];
  const indent = ' '.repeat(4);
  return `${block(doc)}static inline weir_status ${prefix}_${own}(
${indent}${parameters.join(`,\n${indent}`)})
{
    return ${prefix}_call(context, ${constant}, sizeof(${constant}) - 1,
                  ${takes ? data.join(', ') : 'NULL, 0'}, timeout_ms, out_response, out_error);
}
`;
}

export function generateC(model: Model): GeneratedFile[] {
  const prefix = /^[a-z]/.test(snake(model.name)) ? snake(model.name) : `lib_${snake(model.name)}`;
  const methods = named(model.methods, ({ name }) => name, OWN_NAMES);
  const guard = `${upper(prefix)}_WEIR_H`;
  const about = commentLines(model.description);
  const text = [
    `/* ${headLines(model, 'c').join('\n * ')} */\n`,
    `#ifndef ${guard}\n#define ${guard}\n`,
    '#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n',
    '#include <weir/weir.h>\n',
    `#ifdef __cplusplus\nextern "C" {\n#endif\n`,
    about.length > 0 ? block(about).replace('/**', '/*') : '',
    constants(prefix, model, methods),
    methods.length > 0 ? numbers(prefix, methods) : '',
    call(prefix),
    ...methods.map((one) => method(prefix, one)),
    `#ifdef __cplusplus\n}\n#endif\n`,
    '#endif\n',
  ];
  return [{ path: `${prefix}.h`, text: text.filter((part) => part !== '').join('\n') }];
}

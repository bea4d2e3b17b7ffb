/** methods.ts: the C functions of methods: one that waits for the answer, and one that does not. */

import { commentLines } from '../head.js';
import type { ModelMethod } from '../model.js';
import { Names } from '../names.js';
import { block, crossing, type Named, snake, upper, wrap } from './text.js';

export interface NamedMethod extends Named<ModelMethod> {
  /** The name of the function that does not wait. */
  readonly sending: string;
}

/** A method of another name may be called as one that sends would be: it keeps its name. */
export function namedMethods(
  methods: readonly ModelMethod[],
  taken: readonly string[],
): NamedMethod[] {
  const names = new Names(taken);
  const all = methods.map((of) => ({ own: names.take(snake(of.name)), of }));
  return all.map(({ own, of }) => ({ own, of, sending: names.take(`${own}_send`) }));
}

/** What the functions of all methods share. */
export const calling = (
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

/** What the functions below that end in _send share; see weir_request_send. */
static inline weir_status ${prefix}_send(weir_handle context, const char *method,
                                         size_t method_length, const void *data, size_t length,
                                         uint32_t timeout_ms, uintptr_t user_data,
                                         uint64_t *out_id, weir_error *out_error)
{
    weir_request request = WEIR_REQUEST_INIT;
    request.name = method;
    request.name_length = method_length;
    request.data = data;
    request.length = length;
    request.timeout_ms = timeout_ms;
    request.user_data = user_data;
    return weir_request_send(context, &request, out_id, out_error);
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

export function waitingMethod(prefix: string, { own, of }: NamedMethod): string {
  const { names, declared } = argument(of);
  const constant = `${upper(prefix)}_METHOD_${upper(own)}`;
  const parameters = [
    'weir_handle context',
    ...declared,
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
                  ${names}, timeout_ms, out_response, out_error);
}
`;
}

/** As waitingMethod; the answer is a RESPONSE record, delivered as the pool delivers. */
export function sendingMethod(prefix: string, { own, of, sending }: NamedMethod): string {
  const { names, declared } = argument(of);
  const constant = `${upper(prefix)}_METHOD_${upper(own)}`;
  const parameters = [
    'weir_handle context',
    ...declared,
    'uint32_t timeout_ms',
    'uintptr_t user_data',
    'uint64_t *out_id',
    'weir_error *out_error',
  ];
  const doc = [
    `As ${prefix}_${own}, without waiting: the answer comes as a RESPONSE record with this`,
    '`user_data` and the id `*out_id`. What is sent is copied.',
  ];
  const indent = ' '.repeat(4);
  return `${block(doc)}static inline weir_status ${prefix}_${sending}(
${indent}${parameters.join(`,\n${indent}`)})
{
    return ${prefix}_send(context, ${constant}, sizeof(${constant}) - 1,
                  ${names}, timeout_ms, user_data, out_id, out_error);
}
`;
}

/** How the input of a method is declared as parameters, and named as arguments. */
function argument({ input }: ModelMethod): { names: string; declared: string[] } {
  if (input.kind === 'none') return { names: 'NULL, 0', declared: [] };
  const [data, length] = input.kind === 'bytes' ? ['data', 'length'] : ['cbor', 'cbor_length'];
  return { names: `${data}, ${length}`, declared: [`const void *${data}`, `size_t ${length}`] };
}

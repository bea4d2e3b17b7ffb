/** client.ts: the Go client of a library: one method a method. */

import { commentLines } from '../head.js';
import type { Model, ModelEvent, ModelMethod, Payload } from '../model.js';
import { Names } from '../names.js';
import type { Types } from '../types.js';
import { exportedName } from './names.js';
import { comment, goType } from './types.js';

/** A method with the names that it got. */
export interface GoMethod extends ModelMethod {
  readonly goName: string;
  readonly inputType: string;
  readonly outputType: string;
}

export interface GoEvent extends ModelEvent {
  /** OnProgress. */
  readonly goName: string;
  /** ProgressEvents. */
  readonly channelName: string;
  readonly type: string;
}

/** Names on Client that are its own. */
const CLIENT_NAMES = ['Context', 'Close'];

export function goMethods({ methods }: Model, names: Names): GoMethod[] {
  const own = new Names([]);
  return methods.map((method) => {
    const plain = exportedName(method.name);
    const goName = own.take(CLIENT_NAMES.includes(plain) ? `Call${plain}` : plain);
    const [inputType, outputType] = ['Input', 'Output'].map((role, index) => {
      const payload = index === 0 ? method.input : method.output;
      return payload.kind === 'value' ? names.take(`${exportedName(method.name)}${role}`) : '';
    });
    return { ...method, goName, inputType: inputType ?? '', outputType: outputType ?? '' };
  });
}

export function goEvents({ events }: Model, methods: readonly GoMethod[], names: Names): GoEvent[] {
  const own = new Names([...CLIENT_NAMES, ...methods.map(({ goName }) => goName)]);
  return events.map((event) => {
    const base = exportedName(event.name);
    const type = event.payload.kind === 'value' ? names.take(base) : '';
    const [goName, channelName] = [own.take(`On${base}`), own.take(`${base}Events`)];
    return { ...event, goName, channelName, type };
  });
}

export const typeOf = (payload: Payload, name: string, types: Types): string => {
  if (payload.kind === 'bytes') return '[]byte';
  const use = types.roots.get(name);
  return use === undefined ? '' : goType(use);
};

export const quote = (text: string): string => JSON.stringify(text);

function printMethod(method: GoMethod, types: Types): string {
  const { name, goName, input, output } = method;
  const inType = typeOf(input, method.inputType, types);
  const outType = typeOf(output, method.outputType, types);
  const parameters = `ctx context.Context${inType === '' ? '' : `, in ${inType}`}`;
  const results = outType === '' ? 'error' : `(${outType}, error)`;
  const doc = [`${goName} calls ${quote(name)}.`, ...described(method.description)];
  const fail =
    output.kind === 'value' ? 'return out, err' : `return ${outType === '' ? '' : 'nil, '}err`;
  const check = `\tif err != nil {\n\t\t${fail}\n\t}\n`;
  const argument = input.kind === 'none' ? 'nil' : input.kind === 'bytes' ? 'in' : 'payload';
  const request = `c.request(ctx, ${quote(name)}, ${argument})`;
  const encode = `\tpayload, err := encode(${quote(name)}, in)\n${check}`;
  const lines = [
    output.kind === 'value' ? `\tvar out ${outType}\n` : '',
    input.kind === 'value' ? encode : '',
    output.kind === 'bytes' ? `\treturn ${request}\n` : '',
    output.kind === 'none' ? `\t_, err ${input.kind === 'value' ? '=' : ':='} ${request}\n` : '',
    output.kind === 'none' ? '\treturn err\n' : '',
    output.kind === 'value' ? `\tanswer, err := ${request}\n${check}` : '',
    output.kind === 'value'
      ? `\terr = decode(${quote(name)}, answer, &out)\n\treturn out, err\n`
      : '',
  ];
  return `${comment(doc).join('\n')}
func (c *Client) ${goName}(${parameters}) ${results} {
${lines.join('')}}
`;
}

const described = (description: string | undefined): string[] => {
  const lines = commentLines(description);
  return lines.length === 0 ? [] : ['', ...lines];
};

function printCreate({ config }: Model, configType: string, types: Types): string {
  const type = typeOf(config, configType, types);
  const encode = `\tpayload, err := encode("config", config)
\tif err != nil {
\t\treturn nil, err
\t}
`;
  const argument = config.kind === 'none' ? 'nil' : config.kind === 'bytes' ? 'config' : 'payload';
  const parameters = `pool *weir.Pool, ${type === '' ? '' : `config ${type}, `}`;
  return `// Create leases a context of this library; see weir.Pool.Create. The caller closes it. It
// fails as CheckContract does when the pool is of a library that this client does not fit.
func Create(
\tctx context.Context, ${parameters}options ...weir.ContextOption,
) (*Client, error) {
\tif err := CheckContract(pool.Library()); err != nil {
\t\treturn nil, err
\t}
${config.kind === 'value' ? encode : ''}\tleased, err := pool.Create(ctx, ${argument}, options...)
\tif err != nil {
\t\treturn nil, failure(err)
\t}
\treturn NewClient(leased), nil
}
`;
}

const CLIENT = `// Client calls the library in one context. Any number of goroutines may use it.
type Client struct {
	// Undecodable is told of events whose payload is not what the contract says; nil drops them.
	// Set it before you listen.
	Undecodable func(event string, err error)

	context *weir.Context
}

// NewClient makes a client over a context, which stays the caller's.
func NewClient(context *weir.Context) *Client { return &Client{context: context} }
`;

const CLIENT_METHODS = `// Context is what the client calls through.
func (c *Client) Context() *weir.Context { return c.context }

// Close closes the context; see weir.Context.Close.
func (c *Client) Close() error { return c.context.Close() }

func (c *Client) request(ctx context.Context, method string, payload []byte) ([]byte, error) {
	answer, err := c.context.Request(ctx, method, payload)
	if err != nil {
		return nil, failure(err)
	}
	return answer, nil
}
`;

/** The body of client.go, below its imports. */
export function printClient(
  model: Model,
  methods: readonly GoMethod[],
  events: readonly GoEvent[],
  configType: string,
  types: Types,
): string {
  const undecodable = events.some(({ payload }) => payload.kind === 'value');
  return [
    undecodable ? CLIENT : CLIENT.replace(/\t\/\/ Undecodable[\s\S]*?\n\n/, ''),
    printCreate(model, configType, types),
    CLIENT_METHODS,
    ...methods.map((method) => printMethod(method, types)),
  ].join('\n');
}

/** events.ts: for each event of a library a listener and a channel. */

import type { Types } from '../types.js';
import { type GoEvent, quote, typeOf } from './client.js';
import { comment } from './types.js';

function printListener({ name, goName, payload, type }: GoEvent, types: Types): string {
  const valueType = typeOf(payload, type, types);
  const doc = comment([
    `${goName} calls \`handler\` for each event ${quote(name)}, one at a time, until \`stop\` is`,
    'called or the context is closed. See weir.Context.Listen.',
  ]).join('\n');
  const handler = {
    none: `func(weir.Event) { handler() }`,
    bytes: `func(e weir.Event) { handler(e.Payload) }`,
    value: `func(e weir.Event) {
\t\tif value, ok := decodeEvent[${valueType}](c, e); ok {
\t\t\thandler(value)
\t\t}
\t}`,
  }[payload.kind];
  return `${doc}
func (c *Client) ${goName}(handler func(${valueType})) (stop func(), err error) {
\treturn stopper(c.context.Listen(${quote(name)}, ${handler}))
}
`;
}

function printChannel({ name, channelName, payload, type }: GoEvent, types: Types): string {
  const valueType = typeOf(payload, type, types) || 'struct{}';
  const doc = comment([
    `${channelName} gives a channel of events ${quote(name)}, of that capacity. It is closed`,
    'when `stop` is called or the context is closed. While it is full, the events behind wait, and',
    "then the library's emits, but no requests. See weir.Context.Events.",
  ]).join('\n');
  const decode = {
    none: 'func(weir.Event) (struct{}, bool) { return struct{}{}, true }',
    bytes: 'func(e weir.Event) ([]byte, bool) { return e.Payload, true }',
    value: `func(e weir.Event) (${valueType}, bool) {
\t\treturn decodeEvent[${valueType}](c, e)
\t}`,
  }[payload.kind];
  return `${doc}
func (c *Client) ${channelName}(capacity int) (events <-chan ${valueType}, stop func(), err error) {
\tvalueOf := ${decode}
\tevents, listener, err := weir.EventsOf(c.context, ${quote(name)}, capacity, valueOf)
\tstop, err = stopper(listener, err)
\treturn events, stop, err
}
`;
}

const STOPPER = `func stopper(listener *weir.Listener, err error) (stop func(), _ error) {
	if err != nil {
		return nil, err
	}
	return func() { _ = listener.Close() }, nil
}
`;

const DECODE = `// decodeEvent tells Undecodable of a payload that is not what the contract says.
func decodeEvent[T any](c *Client, e weir.Event) (value T, ok bool) {
	err := decode(e.Name, e.Payload, &value)
	if err != nil && c.Undecodable != nil {
		c.Undecodable(e.Name, err)
	}
	return value, err == nil
}
`;

/** The body of events.go, below its imports; empty for a library without events. */
export function printEvents(events: readonly GoEvent[], types: Types): string {
  if (events.length === 0) return '';
  const values = events.some(({ payload }) => payload.kind === 'value');
  return [
    ...events.flatMap((event) => [printListener(event, types), printChannel(event, types)]),
    STOPPER,
    ...(values ? [DECODE] : []),
  ].join('\n');
}

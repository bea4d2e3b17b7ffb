/** plan.ts: what a TypeScript client has of a contract, with the types that it got. */

import type { JsonSchema } from '../../contract/index.js';
import type { Model, ModelEvent, ModelMethod, Payload } from '../model.js';
import { Names } from '../names.js';
import { namedTypes } from '../quicktype.js';
import type { Types, TypeUse } from '../types.js';
import { naming, RESERVED, typeName } from './names.js';

/** A type as it is used; undefined for nothing at all. */
export type PayloadType = TypeUse | undefined;

export interface PlannedMethod extends ModelMethod {
  readonly takes: PayloadType;
  readonly gives: PayloadType;
}

export interface PlannedEvent extends ModelEvent {
  readonly type: PayloadType;
}

export interface PlannedError {
  readonly code: string;
  readonly details: PayloadType;
}

export interface Plan {
  readonly model: Model;
  readonly types: Types;
  readonly config: PayloadType;
  readonly methods: readonly PlannedMethod[];
  readonly events: readonly PlannedEvent[];
  readonly errors: readonly PlannedError[];
}

type Later = (types: Types) => PayloadType;

/** Names a payload and remembers its schema; gives its type once types are known. */
class Roots {
  readonly schemas = new Map<string, JsonSchema>();
  private readonly names = new Names(RESERVED.filter((name) => name !== 'Config'));

  add(wanted: string, payload: Payload): Later {
    if (payload.kind === 'none') return () => undefined;
    if (payload.kind === 'bytes') return () => ({ kind: 'bytes' });
    const name = this.names.take(typeName(wanted));
    this.schemas.set(name, payload.schema);
    return (types) => types.roots.get(name) ?? { kind: 'any' };
  }
}

const detailsOf = (details: JsonSchema | undefined): Payload =>
  details === undefined ? { kind: 'none' } : { kind: 'value', schema: details };

/** @throws GenerateError in quicktype's words */
export async function planOf(model: Model): Promise<Plan> {
  const roots = new Roots();
  const config = roots.add('Config', model.config);
  const methods = model.methods.map((method) => ({
    ...method,
    takes: roots.add(`${method.name}Input`, method.input),
    gives: roots.add(`${method.name}Output`, method.output),
  }));
  const events = model.events.map((event) => ({
    ...event,
    type: roots.add(event.name, event.payload),
  }));
  const errors = model.errors.map(({ code, details }) => ({
    code,
    details: roots.add(`${typeName(code)}Details`, detailsOf(details)),
  }));
  const reserved = RESERVED.filter((name) => !roots.schemas.has(name));
  const types = await namedTypes(roots.schemas, model.definitions, { ...naming, reserved });
  return {
    model,
    types,
    config: config(types),
    methods: methods.map((one) => ({ ...one, takes: one.takes(types), gives: one.gives(types) })),
    events: events.map((one) => ({ ...one, type: one.type(types) })),
    errors: errors.map((one) => ({ ...one, details: one.details(types) })),
  };
}

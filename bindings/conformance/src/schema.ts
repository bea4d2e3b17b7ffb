// schema.ts: what a scenario file may say. README.md explains the words.
//
// Every object is strict: a word that is not here is an error of the file, not a silent nothing.

import * as z from 'zod';

/** The names of weir's statuses, as weir_status_name spells them. */
const STATUSES = [
  ...['OK', 'INVALID_ARGUMENT', 'STALE_HANDLE', 'FORKED', 'NO_MEMORY', 'NO_RESOURCES'],
  ...['POOL_EXHAUSTED', 'QUEUE_FULL', 'TOO_LARGE', 'BAD_UTF8', 'UNKNOWN_METHOD'],
  ...['WOULD_DEADLOCK', 'TIMED_OUT', 'CANCELED', 'CLOSED', 'CREATE_FAILED', 'HANDLER'],
  ...['INTERRUPTED', 'VERSION_MISMATCH', 'LIBRARY_NOT_FOUND', 'LIBRARY_INVALID', 'BUSY'],
  ...['TOO_DEEP', 'ENGINE_MISSING', 'INSTANCE_ENDED', 'CONTRACT_MISMATCH'],
] as const;

const status = z.enum(STATUSES);
const okUnlessSaid = status.default('OK');

/** A name that a scenario gives to a context, a request or a listener. */
const label = z.string().regex(/^[a-z][a-z0-9_.]*$/);

/** What a host is, or the form of delivery of the C host. */
export const HOSTS = [
  'c-callback',
  'c-queue',
  'c-direct',
  'python',
  'go',
  'node-addon',
  'node-koffi',
] as const;
export type HostName = (typeof HOSTS)[number];

export const LIBRARIES = ['native', 'typescript'] as const;
export type LibraryKind = (typeof LIBRARIES)[number];

const text = z.strictObject({ text: z.string() });
const hex = z.strictObject({ hex: z.string().regex(/^([0-9a-f]{2})*$/) });
/** `size` times the one byte of `fill`. */
const filled = z.strictObject({
  fill: z.string().regex(/^[ -~]$/),
  size: z.number().int().nonnegative(),
});
/** An integer, and the bytes that it must have on the wire. */
const integer = z.strictObject({ integer: z.string().regex(/^-?\d+$/), hex: hex.shape.hex });
/** The path of a gate of this scenario, with a text before it. */
const gate = z.strictObject({ gate: label, before: z.string().optional() });

const payload = z.union([text, hex, filled, integer, gate]);
const EMPTY = { text: '' };

/** A payload, or what must hold for one. */
const expected = z.union([
  payload,
  z.strictObject({ contains: z.string() }),
  /** Decimal digits. */
  z.strictObject({ min: z.number(), max: z.number() }),
]);

/** Exactly this number, or one in between. */
const count = z.union([
  z.number().int().nonnegative(),
  z.strictObject({ min: z.number().optional(), max: z.number().optional() }),
]);

const counts = <const Name extends string>(...names: Name[]) =>
  z.partialRecord(z.enum(names), count);

const report = counts('drained', 'canceled', 'abandoned', 'closed', 'callbacks_running', 'took_us');

const slots = counts(
  ...['slots_total', 'slots_idle', 'slots_active', 'slots_quarantined', 'waiting'],
);

const stats = counts(
  ...['slots_total', 'slots_idle', 'slots_active', 'slots_recycling', 'slots_quarantined'],
  ...['slots_prepared', 'waiting', 'slots_built', 'slots_retired', 'slots_unclean'],
  ...['contexts_created', 'contexts_destroyed', 'contexts_exhausted', 'creates_failed'],
  ...['creates_timed_out', 'requests_accepted', 'requests_refused', 'responses_ok'],
  ...['responses_failed', 'responses_canceled', 'responses_timed_out', 'responses_closed'],
  ...['results_dropped', 'events_emitted', 'events_dropped', 'slow_handlers', 'wedged_handlers'],
  ...['recovered_handlers', 'environments_rebuilt', 'handlers_stopped', 'instances_ended'],
  ...['wakes_repeated', 'callbacks_running'],
);

const milliseconds = z.number().int().nonnegative();
const orOff = z.union([milliseconds, z.literal('off')]);

const poolOptions = z.strictObject({
  max_slots: z.number().int().optional(),
  min_idle: z.number().int().optional(),
  min_clean: z.number().int().optional(),
  max_uses: z.number().int().optional(),
  drain_ms: orOff.optional(),
  cancel_ms: orOff.optional(),
  teardown_ms: milliseconds.optional(),
  slow_ms: orOff.optional(),
  wedged_ms: orOff.optional(),
  check_ms: milliseconds.optional(),
  interrupt_wedged: z.boolean().optional(),
  max_requests: z.number().int().optional(),
  max_events: z.number().int().optional(),
  max_request_bytes: z.number().int().optional(),
  max_payload: z.number().int().optional(),
  environment: z.boolean().optional(),
});

/** What an answer must be. `details` is compared as JSON. */
const answer = {
  expect: okUnlessSaid,
  payload: expected.optional(),
  message: z.string().optional(),
  code: z.string().optional(),
  details: z.json().optional(),
  path: z.string().optional(),
};

const called = {
  on: label,
  method: z.union([z.string(), hex]),
  send: payload.default(EMPTY),
  timeout_ms: milliseconds.default(0),
};

const create = z.strictObject({
  do: z.literal('create'),
  as: label,
  config: payload.default(EMPTY),
  tag: z.union([text, hex, filled]).optional(),
  /** How long to stand in line for a slot; without it a full pool is an error at once. */
  wait_ms: milliseconds.optional(),
  /** Go on with the next step; `created` waits for the answer. */
  background: z.boolean().default(false),
  expect: okUnlessSaid,
  message: z.string().optional(),
  slots: slots.optional(),
});

const destroy = z.strictObject({
  do: z.literal('destroy'),
  of: label,
  /** false: go on with the next step; `destroyed` waits for the report. */
  wait: z.boolean().default(true),
  expect: okUnlessSaid,
  report: report.optional(),
});

const plainSteps = [
  create,
  destroy,
  z.strictObject({
    do: z.literal('created'),
    of: label,
    expect: okUnlessSaid,
    message: z.string().optional(),
  }),
  z.strictObject({ do: z.literal('cancel_create'), of: label }),
  z.strictObject({ do: z.literal('destroyed'), of: label, report: report.optional() }),
  z.strictObject({ do: z.literal('send'), as: label, ...called }),
  z.strictObject({ do: z.literal('await'), of: label, ...answer }),
  z.strictObject({
    do: z.literal('request'),
    ...called,
    ...answer,
    /** QUEUE_FULL is a reason to try again: what was answered counts until it is given back. */
    when_full: z.literal('retry').optional(),
  }),
  z.strictObject({
    do: z.literal('send_many'),
    as: label,
    on: label,
    method: z.string(),
    /** `{n}` in it is the number of the request, from 0. */
    text: z.string(),
    count: z.number().int().positive(),
  }),
  z.strictObject({
    do: z.literal('await_many'),
    of: label,
    /** How many ended so. */
    statuses: z.partialRecord(status, count),
    /** What those that ended OK answered; `{n}` as above. */
    text: z.string().optional(),
  }),
  z.strictObject({ do: z.literal('pending'), of: label }),
  z.strictObject({ do: z.literal('cancel'), of: label, expect: okUnlessSaid }),
  z.strictObject({ do: z.literal('reached'), gate: label }),
  z.strictObject({ do: z.literal('open_gate'), gate: label }),
  z.strictObject({ do: z.literal('unlisten'), of: label, expect: okUnlessSaid }),
  z.strictObject({
    do: z.literal('events'),
    of: label,
    /** All that the listener has heard by now and will have heard, in order. */
    payloads: z.array(payload).optional(),
    /** Or: the numbers from 0 below this one, in order, as decimal text. */
    numbers: z.number().int().nonnegative().optional(),
    names: z.array(z.string()).optional(),
  }),
  z.strictObject({
    do: z.literal('notice'),
    on: label,
    notice: z.enum(['UNRESPONSIVE', 'RESPONSIVE', 'EVENTS_DROPPED', 'INSTANCE_ENDED']),
    number: count.optional(),
    message: z.string().optional(),
  }),
  /** Waits until the pool's counts are so. */
  z.strictObject({ do: z.literal('stats'), stats }),
  z.strictObject({
    do: z.literal('describe'),
    name: z.string(),
    engine: z.string(),
    methods: z.number().int(),
    contract: z.boolean(),
  }),
  z.strictObject({
    do: z.literal('open_library'),
    /** `{fixtures}` stands for the folder of prepared files. */
    path: z.string(),
    expect: okUnlessSaid,
    message: z.string().optional(),
  }),
  /** Asks whether a client, which the file describes, works with the library of the scenario. */
  z.strictObject({
    do: z.literal('require_contract'),
    path: z.string(),
    expect: okUnlessSaid,
    message: z.string().optional(),
    /** Where each difference is, in the order in which they are told. */
    differences: z.array(z.string()).optional(),
  }),
  z.strictObject({ do: z.literal('close_library') }),
  z.strictObject({
    do: z.literal('open_pool'),
    options: poolOptions,
    expect: okUnlessSaid,
    message: z.string().optional(),
  }),
  z.strictObject({ do: z.literal('prewarm'), count: z.number().int(), expect: okUnlessSaid }),
  z.strictObject({
    do: z.literal('close_pool'),
    expect: okUnlessSaid,
    report: counts('contexts_destroyed', 'slots_retired', 'slots_abandoned').optional(),
  }),
] as const;

const stepInListener = z.discriminatedUnion('do', [...plainSteps]);

const listen = z.strictObject({
  do: z.literal('listen'),
  as: label,
  on: label,
  /** Without it, all events. */
  event: z.union([z.string(), hex]).optional(),
  /** The listener stands at this gate with its first event. */
  gate: label.optional(),
  /** What the listener does with its first event. */
  steps: z.array(stepInListener).default([]),
  expect: okUnlessSaid,
});

const step = z.discriminatedUnion('do', [...plainSteps, listen]);

const reasonNames = [...LIBRARIES, 'c', 'node', ...HOSTS] as const;

const canary = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** A part of what the host must say about it. */
  reports: z.string(),
  pool: poolOptions.default({}),
  /** As it stands: a host must refuse what it does not know. */
  steps: z.array(z.record(z.string(), z.json())),
});

const scenario = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  says: z.string(),
  /** Who cannot run it, and why. */
  not_for: z.partialRecord(z.enum(reasonNames), z.string().min(10)).default({}),
  pool: poolOptions.default({}),
  steps: z.array(step).min(1),
});

export const scenarioFile = z.strictObject({
  group: z.string().regex(/^[a-z-]+$/),
  about: z.string(),
  scenarios: z.array(scenario),
});

export const canaryFile = z.strictObject({ canaries: z.array(canary) });

export type Scenario = z.infer<typeof scenario>;
export type Canary = z.infer<typeof canary>;
export type Step = z.infer<typeof step>;
export type Payload = z.infer<typeof payload>;

// steps.ts: what each step of a scenario does with the host API.

import { Difference, Fields, isObject } from './fields.js';
import { openGate, reached } from './gate.js';
import * as context from './steps-context.js';
import * as library from './steps-library.js';
import * as requests from './steps-request.js';
import type { World } from './world.js';

type Step = (world: World, step: Fields) => void | Promise<void>;

const STEPS: { readonly [name: string]: Step } = {
  send: requests.sendStep,
  send_many: requests.sendMany,
  await: requests.awaitStep,
  await_many: requests.awaitMany,
  request: requests.request,
  pending: requests.pending,
  cancel: requests.cancel,
  reached: (_, step) => reached(step.text('gate')),
  open_gate: (_, step) => openGate(step.text('gate')),
  create: context.create,
  created: context.created,
  cancel_create: context.cancelCreate,
  destroy: context.destroy,
  destroyed: context.destroyed,
  listen: context.listenWith(runSteps),
  unlisten: context.unlisten,
  events: context.events,
  notice: context.notice,
  stats: library.stats,
  describe: library.describe,
  open_library: library.openLibrary,
  require_contract: library.requireContract,
  close_library: library.closeLibrary,
  open_pool: library.openPool,
  prewarm: library.prewarm,
  close_pool: library.closePool,
};

const fieldsOf = (object: unknown): Record<string, unknown> => (isObject(object) ? object : {});

/** Runs steps in order, up to the first that goes wrong. @throws Difference */
export async function runSteps(world: World, steps: readonly unknown[]): Promise<void> {
  for (const [at, object] of steps.entries()) {
    const fields = fieldsOf(object);
    const name = String(fields.do);
    const who = ['as', 'of', 'on'].map((field) => fields[field]).find((text) => text !== undefined);
    const step = new Fields(fields, `step ${at + 1}, ${name} ${who ?? ''}`.trimEnd());
    const run = STEPS[name];
    if (run === undefined) throw new Difference(`unknown step ${name}`);
    await run(world, step);
    step.done();
  }
}

import { compareAnswer, compareStatus, type Ending, endingOf, statusOf } from './expect.js';
import { Difference, type Fields } from './fields.js';
import { inTime } from './gate.js';
import { inputOf } from './payload.js';
import { Called, Lease, type World } from './world.js';

interface Order {
  readonly lease: Lease;
  readonly method: string;
  readonly input: unknown;
  readonly timeout: number | undefined;
}

function takeOrder(world: World, step: Fields): Order {
  const method = step.text('method');
  const hasContract = world.library.contract !== undefined;
  const ms = step.number('timeout_ms');
  return {
    lease: world.find(Lease, step.text('on')),
    method,
    input: inputOf(step.maybe('send'), method, hasContract),
    timeout: ms === 0 ? undefined : ms,
  };
}

const send =
  ({ lease, method, input, timeout }: Order) =>
  (signal?: AbortSignal): Promise<unknown> =>
    lease.context.request(method, input, { signal, timeout });

export function sendStep(world: World, step: Fields): void {
  world.add(step.text('as'), new Called(send(takeOrder(world, step))));
}

const numbered = (text: string, number: number): string => text.replaceAll('{n}', `${number}`);

export function sendMany(world: World, step: Fields): void {
  const name = step.text('as');
  const lease = world.find(Lease, step.text('on'));
  const [method, text, count] = [step.text('method'), step.text('text'), step.number('count')];
  for (let number = 0; number < count; number++) {
    const input = Buffer.from(numbered(text, number));
    const order = { lease, method, input, timeout: undefined };
    world.add(`${name}.${number}`, new Called(send(order)));
  }
}

export async function awaitStep(world: World, step: Fields): Promise<void> {
  const { ending } = world.find(Called, step.text('of'));
  compareAnswer(step, await inTime(step.what, ending));
}

function compareNumbered(step: Fields, text: string, number: number, ending: Ending): void {
  if (text === '' || ending.error !== undefined) return;
  const answer = Buffer.from(ending.value as Uint8Array).toString();
  if (answer === numbered(text, number)) return;
  throw new Difference(`${step.what}: number ${number} answered ${answer}`);
}

export async function awaitMany(world: World, step: Fields): Promise<void> {
  const [name, text, expected] = [step.text('of'), step.text('text'), step.counts('statuses')];
  const total = Object.values(expected).reduce<number>((sum, count) => sum + Number(count), 0);
  const found: Record<string, number> = {};
  for (let number = 0; number < total; number++) {
    const ending = await inTime(step.what, world.find(Called, `${name}.${number}`).ending);
    const status = statusOf(ending);
    found[status] = (found[status] ?? 0) + 1;
    compareNumbered(step, text, number, ending);
  }
  for (const [status, count] of Object.entries(expected)) {
    if (found[status] === count) continue;
    const [wanted, got] = [JSON.stringify(expected), JSON.stringify(found)];
    throw new Difference(`${step.what}: expected ${wanted}, got ${got}`);
  }
}

export async function request(world: World, step: Fields): Promise<void> {
  const order = takeOrder(world, step);
  const retries = step.text('when_full') === 'retry';
  const ask = async (): Promise<Ending> => {
    const ending = await endingOf(send(order)());
    return retries && statusOf(ending) === 'QUEUE_FULL' ? ask() : ending;
  };
  compareAnswer(step, await inTime(step.what, ask()));
}

/** What was delivered by now has been taken before. */
export async function pending(world: World, step: Fields): Promise<void> {
  const called = world.find(Called, step.text('of'));
  await new Promise((resolve) => setImmediate(resolve));
  if (called.ended === undefined) return;
  throw new Difference(`${step.what}: it was answered ${statusOf(called.ended)}`);
}

export function cancel(world: World, step: Fields): void {
  world.find(Called, step.text('of')).abort.abort();
  compareStatus(step.what, step.text('expect'), {});
}

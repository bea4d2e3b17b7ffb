import type { NoticeKind, ReceivedEvent } from '@weir-ffi/node';
import {
  compareCount,
  compareCounts,
  compareFailure,
  comparePart,
  comparePayload,
  compareSlots,
  compareStatus,
  endingOf,
  endingOfCall,
} from './expect.js';
import { Difference, type Fields } from './fields.js';
import { inTime, standAtGate } from './gate.js';
import { bytesOf } from './payload.js';
import { Heard, Lease, type World } from './world.js';

export type RunSteps = (world: World, steps: readonly unknown[]) => Promise<void>;

export async function create(world: World, step: Fields): Promise<void> {
  const name = step.text('as');
  const config = bytesOf(step.maybe('config'));
  const given = step.maybe('tag');
  const tag = given === undefined ? name : Buffer.from(bytesOf(given)).toString();
  const timeout = step.number('wait_ms');
  const lease = world.add(name, new Lease());
  lease.began(world.pool.create(config, { tag, timeout, signal: lease.abort.signal }));
  if (step.truth('background')) {
    compareFailure(step, {});
    return;
  }
  const slots = step.counts('slots');
  const ending = await inTime(step.what, lease.created);
  compareFailure(step, ending);
  compareSlots(step.what, slots, ending);
}

export async function created(world: World, step: Fields): Promise<void> {
  const lease = world.find(Lease, step.text('of'));
  compareFailure(step, await inTime(step.what, lease.created));
}

export function cancelCreate(world: World, step: Fields): void {
  world.find(Lease, step.text('of')).abort.abort();
}

async function destroyAndCompare(step: Fields, lease: Lease, expected: string): Promise<void> {
  const counts = step.counts('report');
  const ending = await inTime(step.what, endingOf(lease.context.destroy()));
  lease.ended = true;
  compareStatus(step.what, expected, ending);
  compareCounts(`${step.what}: report`, counts, ending.value as object);
}

export async function destroy(world: World, step: Fields): Promise<void> {
  const lease = world.find(Lease, step.text('of'));
  const expected = step.text('expect');
  if (step.truth('wait')) return destroyAndCompare(step, lease, expected);
  lease.context.destroy().catch((error) => world.differences.push(String(error)));
  return compareStatus(step.what, expected, {});
}

export function destroyed(world: World, step: Fields): Promise<void> {
  return destroyAndCompare(step, world.find(Lease, step.text('of')), 'OK');
}

/**
 * What a listener does with one event. Like a loop over events, it takes the next one when it is
 * done with the last, for which the library's emit may have to wait.
 */
class Consumer {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly heard: Heard,
    private readonly first: () => Promise<void>,
  ) {}

  take(event: ReceivedEvent): Promise<void> {
    this.last = this.last.then(() => {
      this.heard.events.push(event);
      return this.heard.events.length === 1 ? this.first() : undefined;
    });
    return this.last;
  }
}

export function listenWith(runSteps: RunSteps) {
  return (world: World, step: Fields): void => {
    const lease = world.find(Lease, step.text('on'));
    const heard = world.add(step.text('as'), new Heard());
    const [event, gate, inner] = [step.text('event'), step.text('gate'), step.list('steps')];
    const first = async () => {
      try {
        if (gate !== '') await standAtGate(gate);
        await runSteps(world, inner);
      } catch (error) {
        world.differences.push(`in a listener: ${(error as Error).message}`);
      }
    };
    const consumer = new Consumer(heard, first);
    const take = (received: ReceivedEvent) => {
      if (lease.ended) world.differences.push('an event came after the destroy');
      return consumer.take(received);
    };
    const ending = endingOfCall(() => {
      const { context } = lease;
      heard.subscription =
        event === ''
          ? context.onAny(take)
          : context.on(event, (payload) => take({ name: event, payload }));
    });
    compareStatus(step.what, step.text('expect'), ending);
  };
}

export function unlisten(world: World, step: Fields): void {
  const heard = world.find(Heard, step.text('of'));
  const ending = endingOfCall(() => heard.subscription?.close());
  compareStatus(step.what, step.text('expect'), ending);
}

export async function events(world: World, step: Fields): Promise<void> {
  const heard = world.find(Heard, step.text('of'));
  const numbers = Array.from({ length: step.number('numbers') }, (_, at) => ({ text: `${at}` }));
  const expected = [...step.list('payloads'), ...numbers];
  const names = step.list('names');
  await world.waitFor(step.what, () => heard.events.length >= expected.length);
  const what = `${step.what}: events`;
  compareCount(what, expected.length, heard.events.length);
  heard.events.forEach(({ name, payload }, at) => {
    comparePayload(`${step.what}: event ${at}`, expected[at], payload);
    if (names[at] !== undefined && names[at] !== name) {
      throw new Difference(`${step.what}: event ${at} is named ${name}`);
    }
  });
}

const kindOf = (notice: string): NoticeKind => notice.toLowerCase().replace('_', '-') as NoticeKind;

export async function notice(world: World, step: Fields): Promise<void> {
  const { notices } = world.find(Lease, step.text('on'));
  await world.waitFor(step.what, () => notices.length > 0);
  const next = notices.shift();
  const kind = kindOf(step.text('notice'));
  if (next?.kind !== kind) {
    throw new Difference(`${step.what}: expected ${kind}, got ${next?.kind}`);
  }
  const number = step.maybe('number');
  // One of them is 0.
  if (number !== undefined) compareCount(`${step.what}: number`, number, next.count + next.took);
  comparePart(`${step.what}: message`, step.text('message'), next.message);
}

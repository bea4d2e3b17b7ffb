import { expect, test } from '@jest/globals';
import { encode } from '../wire/index.js';
import { Requests } from './requests.js';
import type { Transport } from './transport.js';

const NOTHING = new Uint8Array(0);
const CANCELED = 13;
const QUEUE_FULL = 7;

/** A core that says nothing by itself, and what was asked of it. */
class SilentCore {
  readonly asked: string[] = [];
  waiting = 0;
  alive = 0;
  /** Told of each submit before it returns. */
  onSubmit: (owner: number) => void = () => undefined;
  readonly requests = new Requests(
    this as unknown as Transport,
    () => this.alive++,
    () => this.alive--,
  );

  submit(owner: number): boolean {
    this.asked.push(`submit ${owner}`);
    this.onSubmit(owner);
    return this.waiting++ === 0;
  }

  flush(): void {
    this.asked.push(`flush ${this.waiting}`);
    this.waiting = 0;
  }

  cancel(context: number, owner: number): void {
    this.asked.push(`cancel ${owner} of ${context}`);
  }

  send(signal?: AbortSignal): Promise<unknown> {
    return this.requests.send({}, 5, 'greet', 0, 'cbor', NOTHING, 0, signal);
  }

  answer(owner: number, payload: Uint8Array, status = 0): void {
    this.requests.response(owner, status, payload, 0, payload.length, false);
  }
}

test('what is sent in one turn is handed over by one flush', async () => {
  const core = new SilentCore();
  const sent = [core.send(), core.send(), core.send()];
  expect(core.asked).toEqual(['submit 0', 'submit 1', 'submit 2']);
  await Promise.resolve();
  expect(core.asked.at(-1)).toBe('flush 3');
  for (const owner of [2, 0, 1]) core.answer(owner, encode(owner));
  expect(await Promise.all(sent)).toEqual([0, 1, 2]);
  expect(core.alive).toBe(0);
});

test('numbers of ended requests are used again, and a second answer is dropped', async () => {
  const core = new SilentCore();
  const first = core.send();
  core.answer(0, encode('first'));
  core.answer(0, encode('late'));
  expect(await first).toBe('first');
  const second = core.send();
  core.answer(0, encode('second'));
  expect(await second).toBe('second');
  expect(core.asked.filter((line) => line.startsWith('submit'))).toEqual(['submit 0', 'submit 0']);
  expect(core.alive).toBe(0);
});

test('an abort asks the core, whose answer settles the promise', async () => {
  const core = new SilentCore();
  const controller = new AbortController();
  const [canceled, answered] = [core.send(controller.signal), core.send(controller.signal)];
  const reason = new Error('enough');
  controller.abort(reason);
  expect(core.asked.slice(2)).toEqual(['cancel 0 of 5', 'cancel 1 of 5']);
  core.answer(0, NOTHING, CANCELED);
  core.answer(1, encode('in time'));
  await expect(canceled).rejects.toMatchObject({ code: 'CANCELED', cause: reason });
  expect(await answered).toBe('in time');
});

test('a signal is not listened to any more once there is an answer', async () => {
  const core = new SilentCore();
  const controller = new AbortController();
  const asked = core.send(controller.signal);
  core.answer(0, encode(1));
  await asked;
  controller.abort();
  expect(core.asked.some((line) => line.startsWith('cancel'))).toBe(false);
});

test('a request that is refused while it is submitted leaves nothing behind', async () => {
  const core = new SilentCore();
  core.onSubmit = (owner) => core.requests.refused(owner, QUEUE_FULL, 'as full as can be');
  const controller = new AbortController();
  await expect(core.send(controller.signal)).rejects.toMatchObject({
    code: 'QUEUE_FULL',
    retryable: true,
    operation: 'request greet',
    reason: 'as full as can be',
  });
  controller.abort();
  expect(core.asked.some((line) => line.startsWith('cancel'))).toBe(false);
  expect(core.alive).toBe(0);
});

test('an answer that cannot be decoded is BAD_PAYLOAD with the name of the method', async () => {
  const core = new SilentCore();
  const asked = core.send();
  core.answer(0, new Uint8Array([0xff]));
  await expect(asked).rejects.toMatchObject({ code: 'BAD_PAYLOAD', operation: 'greet' });
});

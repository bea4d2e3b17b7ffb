/** in-flight.ts: how many requests a second, with so many of them in flight. */

/** Sends one request and waits for its answer. */
export type Ask = () => Promise<unknown>;

export interface Measured {
  readonly inFlight: number;
  readonly perSecond: number;
}

const NANOSECONDS = 1e9;
/** Share of the requests that is sent before the measuring. */
const WARM_UP = 0.25;
/** The best of so many rounds counts: whatever else the machine does only makes a round slower. */
const ROUNDS = 3;

async function send(ask: Ask, inFlight: number, count: number): Promise<void> {
  let left = count;
  const one = async (): Promise<void> => {
    while (left-- > 0) {
      await ask();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
}

/** @param count requests of a round */
export async function measure(ask: Ask, inFlight: number, count: number): Promise<Measured> {
  await send(ask, inFlight, Math.ceil(count * WARM_UP));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.hrtime.bigint();
    await send(ask, inFlight, count);
    best = Math.min(best, Number(process.hrtime.bigint() - began) / NANOSECONDS);
  }
  return { inFlight, perSecond: count / best };
}

/** One line of JSON, for who compares. */
export function print(what: string, { inFlight, perSecond }: Measured): void {
  console.log(JSON.stringify({ what, inFlight, perSecond: Math.round(perSecond) }));
}

// world.ts: the library and the pool of one scenario, and what was delivered.
//
// Beside what a scenario says it checks that nothing comes for a context after its destroy, and
// that no object of weir is left at the end.

import {
  type Context,
  Library,
  type Notice,
  type Pool,
  type PoolOptions,
  type ReceivedEvent,
  type Subscription,
  type Transport,
} from '@weir-ffi/node';
import { type Ending, endingOf } from './expect.js';
import { Difference } from './fields.js';
import { eventually, openGate } from './gate.js';

/** A context, or a create that waits for one. */
export class Lease {
  readonly abort = new AbortController();
  readonly notices: Notice[] = [];
  created: Promise<Ending> = Promise.resolve({});
  private made: Context | undefined;
  /** Its destroy was reported. */
  ended = false;

  began(create: Promise<Context>): void {
    this.created = endingOf(
      create.then((context) => {
        this.made = context;
      }),
    );
  }

  get context(): Context {
    if (this.made === undefined) throw new Difference('there is no such context');
    return this.made;
  }
}

/** A request. */
export class Called {
  readonly abort = new AbortController();
  readonly ending: Promise<Ending>;
  ended: Ending | undefined;

  constructor(send: (signal: AbortSignal) => Promise<unknown>) {
    this.ending = endingOf(send(this.abort.signal)).then((ending) => {
      this.ended = ending;
      return ending;
    });
  }
}

export class Heard {
  readonly events: ReceivedEvent[] = [];
  subscription: Subscription | undefined;
}

type Named = Lease | Called | Heard;
type Kind<T extends Named> = new (...args: never[]) => T;

const OPTIONS: { readonly [name: string]: keyof PoolOptions } = {
  ...{ max_slots: 'maxSlots', min_idle: 'minIdle', min_clean: 'minClean', max_uses: 'maxUses' },
  ...{ drain_ms: 'drainTime', cancel_ms: 'cancelTime', teardown_ms: 'teardownTime' },
  ...{ slow_ms: 'slowAfter', wedged_ms: 'wedgedAfter', check_ms: 'checkEvery' },
  ...{ interrupt_wedged: 'interruptWedged', max_requests: 'maxRequests', max_events: 'maxEvents' },
  ...{ max_request_bytes: 'maxRequestBytes', max_payload: 'maxPayload', environment: 'isolation' },
};

/** A drain or cancel time that is off is none; all else that is off happens after no time. */
const offOf = (name: string): number =>
  name === 'drain_ms' || name === 'cancel_ms' ? 0 : Number.POSITIVE_INFINITY;

export function poolOptions(options: Record<string, unknown>): PoolOptions {
  const fields = Object.entries(options).map(([name, value]) => {
    const field = OPTIONS[name];
    if (field === undefined) throw new Difference(`unknown option of a pool: ${name}`);
    if (name === 'environment') return [field, value === true ? 'environment' : 'instance'];
    return [field, value === 'off' ? offOf(name) : value];
  });
  return Object.fromEntries(fields) as PoolOptions;
}

export class World {
  readonly differences: string[] = [];
  private readonly objects = new Map<string, Named>();

  private constructor(
    readonly transport: Transport,
    /** Of the library. */
    readonly path: string,
    readonly library: Library,
    readonly pool: Pool,
  ) {}

  static async open(
    transport: Transport,
    path: string,
    options: Record<string, unknown>,
  ): Promise<World> {
    const library = await Library.open(path, { transport });
    let world: World | undefined;
    const onNotice = (notice: Notice) => world?.take(notice);
    try {
      const pool = library.createPool({ ...poolOptions(options), onNotice });
      world = new World(transport, path, library, pool);
      return world;
    } catch (error) {
      library.close();
      throw error;
    }
  }

  add<T extends Named>(name: string, made: T): T {
    if (this.objects.has(name)) throw new Difference(`the name ${name} is given twice`);
    this.objects.set(name, made);
    return made;
  }

  find<T extends Named>(kind: Kind<T>, name: string): T {
    const found = this.objects.get(name);
    if (!(found instanceof kind)) throw new Difference(`nothing is named ${name}`);
    return found;
  }

  async waitFor(what: string, condition: () => boolean): Promise<void> {
    if (!(await eventually(condition))) throw new Difference(`waited in vain: ${what}`);
  }

  /** Contexts carry their names as tags, by which notices name them. */
  private take(notice: Notice): void {
    const lease = this.find(Lease, notice.tag);
    if (lease.ended) this.differences.push('a notice came after the destroy');
    lease.notices.push(notice);
  }

  /** Closes all and looks that nothing is left. */
  async end(gates: readonly string[]): Promise<void> {
    for (const gate of gates) openGate(gate);
    await this.pool.close();
    this.library.close();
    let left: object = {};
    // The transport has its queue for as long as the thread lives.
    const isClean = () => {
      left = { ...this.transport.processStats(), queues: 0 };
      return Object.values(left).every((count) => count === 0);
    };
    if (await eventually(isClean)) return;
    throw new Difference(`left behind: ${JSON.stringify(left)}`);
  }
}

/**
 * adapter.ts: an author's library as the engine's bridge drives it.
 *
 * Guarantees: a synchronous handler with synchronous schemas is answered without a promise; input
 * is checked before the handler runs and output before it leaves; what is thrown becomes a failure.
 */

import type { EngineCall, EngineInstance, EngineLibrary, EngineMethod } from '../engine-abi.js';
import { engineAbi } from '../engine-abi.js';
import { encode } from '../wire/index.js';
import { describeFailure } from './describe-failure.js';
import { failure } from './library-error.js';
import { makeParser } from './parser.js';
import { isPromise, makeReader, makeWriter, type Reader, type Writer } from './payload.js';
import type { LibrarySpec } from './types.js';
import { looksAsync } from './walk.js';

/** The implementation once its types are forgotten. */
export interface Code {
  create?: ((config: unknown, instance: unknown) => unknown) | undefined;
  methods: Record<string, (input: unknown, call: unknown) => unknown>;
  destroy?: ((state: unknown) => void | Promise<void>) | undefined;
}

type Writers = ReadonlyMap<string, Writer>;

const ignore = (): void => undefined;

/** A rejection that nobody awaits must not end the instance; who awaits it still gets it. */
function unhandledIsFine(promise: Promise<void>): Promise<void> {
  promise.then(undefined, ignore);
  return promise;
}

class InstanceView {
  constructor(
    private readonly engine: EngineInstance,
    private readonly events: Writers,
  ) {}

  get signal(): AbortSignal {
    return this.engine.signal;
  }

  /** A property, so that authors may take it out of the instance: `const { emit } = call`. */
  readonly emit = (name: string, payload: unknown): Promise<void> => {
    const write = this.events.get(name);
    if (write === undefined) throw new TypeError(`the library declares no event ${name}`);
    const data = write(payload);
    return unhandledIsFine(
      isPromise(data)
        ? data.then((bytes) => this.engine.emit(name, bytes ?? EMPTY))
        : this.engine.emit(name, data ?? EMPTY),
    );
  };

  get failure(): typeof failure {
    return failure;
  }
}

const EMPTY = new Uint8Array();

class CallView {
  constructor(
    readonly state: unknown,
    readonly instance: InstanceView,
    private readonly engine: EngineCall,
  ) {}

  get signal(): AbortSignal {
    return this.engine.signal;
  }

  get deadline(): number | undefined {
    return this.engine.deadline;
  }

  get emit(): InstanceView['emit'] {
    return this.instance.emit;
  }

  get failure(): typeof failure {
    return failure;
  }
}

/** What the bridge carries from create to each call and to destroy. */
interface Live {
  readonly state: unknown;
  readonly instance: InstanceView;
}

function adaptMethod(
  name: string,
  handler: (input: unknown, call: unknown) => unknown,
  read: Reader,
  write: Writer,
): EngineMethod {
  return {
    name,
    handle(live, data, call) {
      const { state, instance } = live as Live;
      const view = new CallView(state, instance, call);
      const input = read(data);
      const result = isPromise(input)
        ? input.then((settled) => handler(settled, view))
        : handler(input, view);
      return isPromise(result) ? result.then(write) : write(result);
    },
  };
}

function adaptMethods(spec: LibrarySpec, code: Code): EngineMethod[] {
  const validate = spec.validate ?? 'both';
  return Object.entries(spec.methods).map(([name, { input, output }]) =>
    adaptMethod(
      name,
      (code.methods[name] as Code['methods'][string]).bind(code.methods),
      makeReader(input, 'input', validate !== 'none'),
      makeWriter(output, 'output', validate === 'both'),
    ),
  );
}

/** The details that a host may see: those of a declared code, as their schema gives them. */
function declaredDetails(spec: LibrarySpec) {
  const parsers = new Map(
    Object.entries(spec.errors ?? {}).map(([code, schema]) => [
      code,
      makeParser(schema, 'details'),
    ]),
  );
  return (code: string, details: unknown): { details: unknown } | undefined => {
    const parse = parsers.get(code);
    if (parse === undefined) return undefined;
    try {
      const parsed = parse(details);
      if (!isPromise(parsed)) return { details: parsed };
      parsed.then(ignore, ignore);
    } catch {
      // Told below: the code is right, its details are not.
    }
    return { details: undefined };
  };
}

/**
 * Read an empty config, for nothing: the first time takes a millisecond, and should be over when a
 * host waits for its context. The module is loaded before that.
 */
function warm(readConfig: Reader, spec: LibrarySpec): void {
  if (spec.config === undefined || looksAsync(spec.config)) return;
  try {
    readConfig(encode({}));
  } catch {
    // An empty config need not be a valid one.
  }
}

export function adapt(spec: LibrarySpec, code: Code): EngineLibrary {
  const validate = (spec.validate ?? 'both') === 'both';
  const events: Writers = new Map(
    Object.entries(spec.events ?? {}).map(([name, schema]) => [
      name,
      makeWriter(schema, 'event', validate),
    ]),
  );
  const readConfig = makeReader(spec.config, 'config', true);
  const details = declaredDetails(spec);
  warm(readConfig, spec);
  return {
    abi: engineAbi,
    methods: adaptMethods(spec, code),
    create(engine, bytes) {
      const instance = new InstanceView(engine, events);
      const live = (state: unknown): Live => ({ state, instance });
      const config = readConfig(bytes);
      const create = (settled: unknown): unknown => code.create?.(settled, instance);
      const state = isPromise(config) ? config.then(create) : create(config);
      return isPromise(state) ? state.then(live) : live(state);
    },
    destroy: (live) => code.destroy?.((live as Live).state),
    describeFailure: (thrown) => describeFailure(thrown, spec.stack ?? false, details),
  };
}

// library.ts: the conformance library in TypeScript. ../native has the same methods in C++;
// README.md says what each does.

import {
  bytes,
  defineLibrary,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
} from '@weir-ffi/sdk';
import * as z from 'zod';
import { block, pass, reach, whenAborted } from './gate.js';

const raw = { input: bytes(), output: bytes() };
const width = <Schema extends z.ZodType>(schema: Schema) => ({ input: schema, output: schema });

const textOf = (data: Uint8Array) => new TextDecoder().decode(data);
const bytesOf = (value: string | number) => new TextEncoder().encode(String(value));

/** What outlives an instance where environments are shared: the last owner's count. */
let owners = 0;

interface State {
  readonly config: Uint8Array;
  readonly notes: string[];
  calls: number;
  /** Calls that were told of their cancel. */
  told: number;
}

type Emit = (name: 'tick' | 'tock', payload: Uint8Array) => Promise<void>;

/** Emit as many as `NAME:COUNT` says; their payloads are numbers from 0. */
function emitSeries(emit: Emit, order: string): Promise<void>[] {
  const [name, count] = order.split(':');
  return Array.from({ length: Number(count) }, (_, number) =>
    emit(name === 'tock' ? 'tock' : 'tick', bytesOf(number)),
  );
}

export default defineLibrary(
  {
    name: 'conformance',
    version: '1.0.0',
    config: bytes(),
    methods: {
      echo: raw,
      echo_later: raw,
      produce: raw,
      int8: width(int8()),
      int16: width(int16()),
      int32: width(int32()),
      int64: width(int64()),
      uint8: width(uint8()),
      uint16: width(uint16()),
      uint32: width(uint32()),
      uint64: width(uint64()),
      fail: raw,
      reject: raw,
      declare: raw,
      block: raw,
      wait: raw,
      ignore: raw,
      told: raw,
      note: raw,
      notes: raw,
      config: raw,
      count: raw,
      remaining: raw,
      emit: raw,
      emit_at_once: raw,
      emit_data: raw,
      spin: raw,
      end: raw,
      owners: raw,
      stain: raw,
    },
    events: { tick: bytes(), tock: bytes(), data: bytes() },
    errors: { DECLARED: z.object({ text: z.string(), number: uint32() }) },
  },
  {
    create(config): State {
      const said = textOf(config);
      if (said.startsWith('fail ')) throw new Error(said.slice('fail '.length));
      if (said.startsWith('block ')) block(said.slice('block '.length));
      owners++;
      return { config, notes: [], calls: 0, told: 0 };
    },
    methods: {
      echo: (data) => data,
      echo_later: async (data) => data,
      produce: (data) => new Uint8Array(Number(textOf(data))).fill('x'.charCodeAt(0)),
      int8: (value) => value,
      int16: (value) => value,
      int32: (value) => value,
      int64: (value) => value,
      uint8: (value) => value,
      uint16: (value) => value,
      uint32: (value) => value,
      uint64: (value) => value,
      fail(data) {
        throw new Error(textOf(data));
      },
      reject: (data) => Promise.reject(new Error(textOf(data))),
      declare(data, { failure }) {
        const text = textOf(data);
        throw failure('DECLARED', { text, number: text.length }, `declared: ${text}`);
      },
      block(data) {
        block(textOf(data));
        return bytesOf('blocked');
      },
      async wait(data, { signal, state }) {
        whenAborted(signal, () => state.told++);
        await pass(textOf(data), signal);
        return bytesOf('waited');
      },
      async ignore(data) {
        await pass(textOf(data));
        return bytesOf('ignored');
      },
      told: (_data, { state }) => bytesOf(state.told),
      note(data, { state }) {
        state.notes.push(textOf(data));
        return data;
      },
      notes: (_data, { state }) => bytesOf(state.notes.join(',')),
      config: (_data, { state }) => state.config,
      count: (_data, { state }) => bytesOf(++state.calls),
      remaining: (_data, { deadline }) =>
        bytesOf(deadline === undefined ? 'none' : Math.max(0, deadline - Date.now())),
      async emit(data, { emit }) {
        const order = textOf(data);
        await Promise.all(emitSeries(emit, order));
        return bytesOf(order.split(':')[1] ?? '');
      },
      emit_at_once(data, { emit }) {
        void emitSeries(emit, textOf(data));
        return data;
      },
      async emit_data(data, { emit }) {
        await emit('data', data);
        return bytesOf(data.length);
      },
      spin(data) {
        reach(textOf(data));
        for (;;);
      },
      end() {
        process.exit(3);
      },
      owners: () => bytesOf(owners),
      stain(data) {
        const globals = globalThis as { stain?: string };
        const found = globals.stain ?? 'clean';
        globals.stain = textOf(data);
        return bytesOf(found);
      },
    },
  },
);

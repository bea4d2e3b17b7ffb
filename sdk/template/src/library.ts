import { defineLibrary, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

export default defineLibrary(
  {
    name: 'greeter',
    version: '1.0.0',
    description: 'Greets people.',
    // What a host gives to make an instance.
    config: z.object({ greeting: z.string().default('Hello') }),
    methods: {
      greet: {
        input: z.object({ name: z.string() }),
        output: z.object({ text: z.string() }),
        description: 'Greet one person.',
      },
      greetAll: {
        input: z.object({ names: z.array(z.string()) }),
        output: z.object({ count: uint32() }),
        description: 'Greet people one after the other, with an event for each.',
      },
    },
    events: { greeted: z.object({ name: z.string(), text: z.string() }) },
    errors: { NO_NAME: z.object({ position: uint32() }) },
  },
  {
    // The state of one instance. Its calls run one after the other on one thread.
    create: ({ greeting }) => ({ greet: (name: string) => `${greeting}, ${name}!` }),
    methods: {
      greet: ({ name }, call) => {
        if (name === '') throw call.failure('NO_NAME', { position: 0 }, 'the name is empty');
        return { text: call.state.greet(name) };
      },
      greetAll: async ({ names }, call) => {
        for (const [position, name] of names.entries()) {
          call.signal.throwIfAborted(); // the host canceled, or its time is up
          if (name === '') throw call.failure('NO_NAME', { position }, 'a name is empty');
          await call.emit('greeted', { name, text: call.state.greet(name) });
        }
        return { count: names.length };
      },
    },
  },
);

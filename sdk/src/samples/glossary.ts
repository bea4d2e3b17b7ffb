/** The sample of docs/authoring.md: what it shows is cut from here. */

// [sample:library]
import { defineLibrary, uint32 } from '@weir-ffi/sdk';
import * as z from 'zod';

export default defineLibrary(
  {
    name: 'glossary',
    version: '1.0.0',
    config: z.object({ ignoreCase: z.boolean().default(true) }),
    methods: {
      define: {
        description: 'Add a term, or say anew what it means.',
        input: z.object({ term: z.string().min(1), meaning: z.string() }),
        output: z.object({ terms: uint32() }),
      },
      lookup: { input: z.object({ term: z.string() }), output: z.string() },
      count: {
        description: 'How often each term occurs in some texts.',
        input: z.array(z.string()),
        output: z.record(z.string(), uint32()),
      },
    },
    events: { progress: z.object({ done: uint32(), of: uint32() }) },
    errors: { UNKNOWN_TERM: z.object({ term: z.string(), known: uint32() }) },
  },
  {
    // One instance for each context of a host; what this gives is call.state.
    create: (config) => ({
      meanings: new Map<string, string>(),
      key: (term: string) => (config.ignoreCase ? term.toLowerCase() : term),
    }),
    methods: {
      define({ term, meaning }, { state }) {
        state.meanings.set(state.key(term), meaning);
        return { terms: state.meanings.size };
      },
      lookup({ term }, { state, failure }) {
        const meaning = state.meanings.get(state.key(term));
        if (meaning !== undefined) return meaning;
        throw failure('UNKNOWN_TERM', { term, known: state.meanings.size }, `no ${term} here`);
      },
      async count(texts, { state, signal, emit }) {
        const counts: Record<string, number> = {};
        for (const [done, text] of texts.entries()) {
          signal.throwIfAborted(); // canceled, late, or the context is going
          for (const word of text.split(/\W+/).map(state.key)) {
            if (state.meanings.has(word)) counts[word] = (counts[word] ?? 0) + 1;
          }
          await emit('progress', { done: done + 1, of: texts.length });
        }
        return counts;
      },
    },
    destroy: (state) => state.meanings.clear(),
  },
);
// [/sample]

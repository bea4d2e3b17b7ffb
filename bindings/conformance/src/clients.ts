// clients.ts: what generated clients of several versions know, as files for the contract scenarios.
// They are made from the library's own contract.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContractDocument, contractHash } from '@weir-ffi/sdk/contract';
import library from '../library/typescript/src/library.js';

type Change = (document: ContractDocument) => void;

const TEXT = { type: 'string' };

/** By the names of their files. README.md says what each is. */
const CLIENTS: { readonly [name: string]: Change } = {
  same: () => undefined,
  older(document) {
    document.version = '0.9.0';
    delete document.methods.echo_later;
    delete document.events.tock;
  },
  newer(document) {
    document.version = '2.0.0';
    document.methods.dance = { input: null, output: null };
  },
  changed(document) {
    document.version = '2.0.0';
    document.methods.int8 = { input: TEXT, output: TEXT };
    document.events.tick = TEXT;
    document.errors.DECLARED = TEXT;
  },
  other(document) {
    document.name = 'bookmarks';
  },
};

export function writeClients(folder: string): void {
  for (const [name, change] of Object.entries(CLIENTS)) {
    const document = structuredClone(library.contract);
    change(document);
    const client = {
      name: document.name,
      version: document.version,
      hash: contractHash(document),
      document,
    };
    writeFileSync(join(folder, `${name}.client.json`), JSON.stringify(client));
  }
}

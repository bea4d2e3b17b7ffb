/**
 * diff.ts: what changed between two contracts, and whether hosts built for the old one go on
 * working with a library of the new one.
 *
 * Inputs and config may come to allow more, never less; outputs, events and the details of errors
 * may come to hold less, never more. Hosts skip properties that they do not know.
 */

import { Changes, type ContractChange, type Path, type Side } from './changes.js';
import { SchemaDiff } from './diff-schema.js';
import type { ContractDocument, JsonSchema } from './types.js';

type Schema = JsonSchema | null | undefined;

class ContractDiff {
  readonly changes = new Changes();
  private readonly schemas: SchemaDiff;

  constructor(
    private readonly before: ContractDocument,
    private readonly after: ContractDocument,
  ) {
    this.schemas = new SchemaDiff(before.$defs ?? {}, after.$defs ?? {}, this.changes);
  }

  run(): ContractChange[] {
    const { before, after, changes } = this;
    if (before.name !== after.name) {
      changes.add(['name'], `${before.name} became ${after.name}`, false, 'it is another library');
    }
    this.payload(before.config, after.config, ['config'], 'host');
    this.methods();
    this.events();
    this.errors();
    return changes.all;
  }

  private payload(before: Schema, after: Schema, path: Path, side: Side): void {
    const [was, is] = [before ?? undefined, after ?? undefined];
    if (was !== undefined && is !== undefined) this.schemas.compare(was, is, path, side);
    else if (is !== undefined) this.begins(is, path, side);
    else if (was !== undefined) this.ends(path, side);
  }

  /** There was no payload, now there is one. */
  private begins(schema: JsonSchema, path: Path, side: Side): void {
    const what = side === 'host' ? 'now takes a value' : 'now gives a value';
    if (side === 'library') {
      this.changes.add(path, what, true, 'hosts do not look at it');
      return;
    }
    // An empty config stands for an object without properties.
    const none = path[0] === 'config' && schema.type === 'object' && schema.required === undefined;
    const why = none ? 'hosts that send none get the defaults' : 'hosts do not send one';
    this.changes.add(path, what, none, why);
  }

  private ends(path: Path, side: Side): void {
    const what = side === 'host' ? 'takes no value any more' : 'gives no value any more';
    const why = side === 'host' ? 'hosts that send one are refused' : 'hosts expect one';
    this.changes.add(path, what, false, why);
  }

  private methods(): void {
    const { before, after, changes } = this;
    for (const [name, method] of Object.entries(before.methods)) {
      const path = ['methods', name];
      const now = own(after.methods, name);
      if (now === undefined) {
        changes.add(path, 'method removed', false, 'hosts call it');
        continue;
      }
      this.payload(method.input, now.input, [...path, 'input'], 'host');
      this.payload(method.output, now.output, [...path, 'output'], 'library');
    }
    for (const name of added(before.methods, after.methods)) {
      changes.add(['methods', name], 'new method', true, 'hosts do not call it');
    }
  }

  private events(): void {
    const { before, after, changes } = this;
    for (const [name, schema] of Object.entries(before.events)) {
      const path = ['events', name];
      if (!Object.hasOwn(after.events, name)) {
        changes.add(path, 'event removed', false, 'hosts wait for it');
      } else {
        this.payload(schema, after.events[name], path, 'library');
      }
    }
    for (const name of added(before.events, after.events)) {
      changes.add(['events', name], 'new event', true, 'hosts do not listen to it');
    }
  }

  private errors(): void {
    const { before, after, changes } = this;
    for (const [code, schema] of Object.entries(before.errors)) {
      const path = ['errors', code];
      if (!Object.hasOwn(after.errors, code)) {
        changes.add(path, 'error removed', true, 'hosts do not get it any more');
      } else {
        this.payload(schema, after.errors[code], path, 'library');
      }
    }
    for (const code of added(before.errors, after.errors)) {
      changes.add(['errors', code], 'new error', true, 'hosts expect errors that they do not know');
    }
  }
}

const own = <T>(record: { [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const added = (before: object, after: object): string[] =>
  Object.keys(after).filter((key) => !Object.hasOwn(before, key));

/**
 * Compare two contracts, as `parseContract` or `Library.contract` give them.
 *
 * @returns changes in the order of the document; none of texts that only people read
 */
export function diffContracts(before: ContractDocument, after: ContractDocument): ContractChange[] {
  return new ContractDiff(before, after).run();
}

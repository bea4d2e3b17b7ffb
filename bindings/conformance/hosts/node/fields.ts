// fields.ts: an object of a scenario. A field that nobody takes is an error, and never passed over.

/** What makes a scenario fail, in words. The scenario ends there. */
export class Difference extends Error {}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export class Fields {
  private readonly taken = new Set(['do']);

  /** @param what the step, as differences name it */
  constructor(
    private readonly fields: Record<string, unknown>,
    readonly what: string,
  ) {}

  maybe(name: string): unknown {
    this.taken.add(name);
    return this.fields[name];
  }

  /** Empty if it is not there. */
  text(name: string): string {
    const value = this.maybe(name);
    return typeof value === 'string' ? value : '';
  }

  /** 0 if it is not there. */
  number(name: string): number {
    return Number(this.maybe(name) ?? 0);
  }

  truth(name: string): boolean {
    return this.maybe(name) === true;
  }

  /** Empty if it is not there. */
  list(name: string): unknown[] {
    const value = this.maybe(name);
    return Array.isArray(value) ? value : [];
  }

  counts(name: string): Record<string, unknown> {
    const value = this.maybe(name);
    return isObject(value) ? value : {};
  }

  /** @throws Difference for a field that was not taken */
  done(): void {
    const unknown = Object.keys(this.fields).find((name) => !this.taken.has(name));
    if (unknown !== undefined) throw new Difference(`unknown field ${unknown} of ${this.what}`);
  }
}

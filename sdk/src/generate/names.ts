/** names.ts: names that several languages share. */

/** Gives each name once: a second "Format" becomes Format2. */
export class Names {
  private readonly used: Set<string>;

  constructor(used: Iterable<string>) {
    this.used = new Set(used);
  }

  take(wanted: string): string {
    let name = wanted;
    for (let count = 2; this.used.has(name); count++) name = `${wanted}${count}`;
    this.used.add(name);
    return name;
  }

  get all(): readonly string[] {
    return [...this.used];
  }
}

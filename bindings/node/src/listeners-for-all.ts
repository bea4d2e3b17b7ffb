/** listeners-for-all.ts: listeners for events of all names: theirs are told with the name. */

export class ListenersForAll {
  /** Ids of listeners by context. */
  readonly #ids = new Map<number, Set<number>>();

  add(context: number, listener: number): void {
    const there = this.#ids.get(context);
    if (there === undefined) {
      this.#ids.set(context, new Set([listener]));
    } else {
      there.add(listener);
    }
  }

  has(context: number, listener: number): boolean {
    return this.#ids.get(context)?.has(listener) === true;
  }

  remove(context: number, listener: number): void {
    this.#ids.get(context)?.delete(listener);
  }

  /** The context has ended. */
  forget(context: number): void {
    this.#ids.delete(context);
  }
}

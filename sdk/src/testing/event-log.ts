/** The events of a test: told to listeners, and kept in order for who iterates. */

export interface LoggedEvent<Name extends string = string, Payload = unknown> {
  name: Name;
  payload: Payload;
}

type Listener = (payload: unknown) => void;

const ended: IteratorResult<LoggedEvent> = { done: true, value: undefined };

export class EventLog implements AsyncIterable<LoggedEvent> {
  private readonly unread: LoggedEvent[] = [];
  private readonly readers: ((result: IteratorResult<LoggedEvent>) => void)[] = [];
  private readonly waiting: { resolve(): void; reject(error: Error): void }[] = [];
  private readonly listeners = new Map<string, Set<Listener>>();
  private closed = false;

  /** @param room events that may be unread before who emits has to wait */
  constructor(private readonly room: number) {}

  on(name: string, listener: Listener): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  /** Resolves when there is room for more. */
  push(event: LoggedEvent): Promise<void> {
    for (const listener of this.listeners.get(event.name) ?? []) listener(event.payload);
    const reader = this.readers.shift();
    if (reader === undefined) this.unread.push(event);
    else reader({ done: false, value: event });
    if (this.unread.length < this.room) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  /** Who waits to emit is refused; who iterates reads what is left, then ends. */
  close(error: Error): void {
    this.closed = true;
    for (const { reject } of this.waiting.splice(0)) reject(error);
    for (const reader of this.readers.splice(0)) reader(ended);
  }

  [Symbol.asyncIterator](): AsyncIterator<LoggedEvent> {
    return {
      next: () => {
        const event = this.unread.shift();
        if (this.unread.length < this.room) this.waiting.shift()?.resolve();
        if (event !== undefined) return Promise.resolve({ done: false, value: event });
        if (this.closed) return Promise.resolve(ended);
        return new Promise((resolve) => this.readers.push(resolve));
      },
      return: () => Promise.resolve(ended),
    };
  }
}

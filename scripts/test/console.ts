// Shows steps: a line that changes in place on a terminal, and now and then a line of its own
// elsewhere.

import type { StepContext } from './step.js';

/** In a log: often enough to see that it lives, seldom enough to read. */
const LOG_EVERY_MS = 20_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

export class Console implements StepContext {
  private readonly live = process.stdout.isTTY === true;
  private lastProgress = 0;
  private shown = false;
  private said: string[] = [];

  begin(label: string): void {
    this.lastProgress = Date.now();
    this.said = [];
    process.stdout.write(`--- ${label}\n`);
  }

  /** Returns the lines that were printed since the step began. */
  end(text: string, took: number): readonly string[] {
    const said = this.said;
    this.print(`    ${text} (${seconds(took)})`);
    return said;
  }

  print(line: string): void {
    this.clear();
    process.stdout.write(`${line}\n`);
    this.said = [...this.said, ...line.split('\n')];
  }

  progress(text: string): void {
    if (this.live) {
      this.clear();
      process.stdout.write(`    ${text}`.slice(0, process.stdout.columns - 1));
      this.shown = true;
    } else if (Date.now() - this.lastProgress > LOG_EVERY_MS) {
      this.lastProgress = Date.now();
      process.stdout.write(`    … ${text}\n`);
    }
  }

  private clear(): void {
    if (this.shown) process.stdout.write('\r\x1b[2K');
    this.shown = false;
  }
}

/**
 * Shows the steps of a command: live on a terminal (listr2), one plain line a finished step
 * on stderr elsewhere, nothing when a program reads the result.
 */

import {
  Listr,
  type ListrRenderer,
  ListrTaskEventType,
  type ListrTaskObject,
  ListrTaskState,
} from 'listr2';
import type { Io } from './io.js';

export interface Step {
  readonly title: string;
  /** A reason not to do it; shown instead. */
  skip?(): string | undefined;
  /** What it gives replaces the title when it is done. */
  run(): Promise<string | undefined>;
}

interface PlainOptions {
  write(line: string): void;
}

// biome-ignore lint/suspicious/noExplicitAny: as listr2 declares a renderer of any task
type AnyTask = ListrTaskObject<any, any, any>;

class PlainRenderer implements ListrRenderer {
  static nonTTY = true;
  static rendererOptions: PlainOptions;
  static rendererTaskOptions: never;

  constructor(
    private readonly tasks: AnyTask[],
    private readonly options: PlainOptions,
  ) {}

  render(): void {
    for (const task of this.tasks) {
      task.on(ListrTaskEventType.STATE, (state) => {
        if (state === ListrTaskState.COMPLETED) this.options.write(String(task.title));
        if (state === ListrTaskState.SKIPPED) this.options.write(`${task.title} (left out)`);
      });
    }
  }

  end(): void {}
}

/** Run the steps one after the other; the first that throws ends it with its error. */
export async function runSteps(io: Io, steps: readonly Step[], quiet: boolean): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    skip: () => step.skip?.() ?? false,
    task: async (_: unknown, task: { title: string }) => {
      const title = await step.run();
      if (title !== undefined) task.title = title;
    },
  }));
  const common = {
    concurrent: false,
    registerSignalListeners: false,
    collectErrors: false,
  } as const;
  if (quiet) {
    await new Listr(tasks, { ...common, renderer: 'silent' }).run();
  } else if (io.stdout === process.stdout && process.stdout.isTTY) {
    // The command says what failed, once.
    const rendererOptions = { showErrorMessage: false };
    await new Listr(tasks, { ...common, renderer: 'default', rendererOptions }).run();
  } else {
    const write = (line: string) => void io.stderr.write(`${line}\n`);
    await new Listr(tasks, {
      ...common,
      renderer: PlainRenderer,
      rendererOptions: { write },
    }).run();
  }
}

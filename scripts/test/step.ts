// What a step of npm test is, and how it counts.

export interface Counts {
  passed: number;
  failed: number;
}

export interface StepContext {
  /** A line that stays. */
  print(line: string): void;
  /** What is going on now; replaces what was said before. */
  progress(text: string): void;
}

export interface Step {
  name: string;
  /** Names for --only: the step runs when one of them is chosen. */
  groups: string[];
  /** Run only when one of its groups is named. */
  long?: boolean;
  run(context: StepContext): Promise<Counts>;
}

export const one = (passed: boolean): Counts => ({
  passed: passed ? 1 : 0,
  failed: passed ? 0 : 1,
});

export const sum = (all: readonly Counts[]): Counts =>
  all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
    passed: 0,
    failed: 0,
  });

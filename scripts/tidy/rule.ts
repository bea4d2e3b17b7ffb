// What a tidy rule is. Each rule is one test of npm test.

export interface Problem {
  file: string;
  line: number;
  message: string;
}

export interface SourceFile {
  /** Relative to the root. */
  path: string;
  text: string;
  lines: string[];
}

export interface Rule {
  /** A sentence that is true when the rule holds. */
  name: string;
  /** What the rule looks at: the sources, or the built release library. */
  needs: 'sources' | 'library';
  check(files: SourceFile[]): Problem[] | Promise<Problem[]>;
}

export const sourceFile = (path: string, text: string): SourceFile => ({
  path,
  text,
  lines: text.split('\n'),
});

/** The 1-based line of a character of a text. */
export const lineAt = (text: string, index: number): number =>
  text.slice(0, index).split('\n').length;

export const formatProblem = ({ file, line, message }: Problem): string =>
  `${file}:${line}: ${message}`;

/**
 * What a command fails with: one line for people, a stable code for programs, an exit code.
 *
 * Exit codes: 0 done, 1 it failed (or a check says no), 2 the command line cannot be, 130 Ctrl-C.
 */

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Stable: scripts may compare them. docs/command.md explains each. */
export type CliErrorCode =
  | 'ERR_WEIR_USAGE'
  | 'ERR_WEIR_NO_ENTRY'
  | 'ERR_WEIR_PACKAGE_JSON'
  | 'ERR_WEIR_BUNDLE'
  | 'ERR_WEIR_NOT_A_LIBRARY'
  | 'ERR_WEIR_LIBRARY_LOAD'
  | 'ERR_WEIR_LIBRARY_FILE'
  | 'ERR_WEIR_CONTRACT'
  | 'ERR_WEIR_NOT_FOUND'
  | 'ERR_WEIR_FOLDER_IN_USE'
  | 'ERR_WEIR_INSTALL'
  | 'ERR_WEIR_RUNTIME_MISSING'
  | 'ERR_WEIR_RUNTIME'
  | 'ERR_WEIR_UNKNOWN_METHOD'
  | 'ERR_WEIR_INPUT'
  | 'ERR_WEIR_REQUEST'
  | 'ERR_WEIR_GENERATE'
  | 'ERR_WEIR_INTERNAL';

export interface CliErrorOptions {
  /** What to do about it, one line. */
  hint?: string;
  /** Lines that explain more, such as what a bundler printed; shown below the message. */
  more?: string;
  /** For --json. */
  data?: Record<string, unknown>;
  exitCode?: number;
  cause?: unknown;
}

export class CliError extends Error {
  readonly code: CliErrorCode;
  readonly hint: string | undefined;
  readonly more: string | undefined;
  readonly data: Record<string, unknown> | undefined;
  readonly exitCode: number;

  constructor(code: CliErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
    this.hint = options.hint;
    this.more = options.more;
    this.data = options.data;
    this.exitCode = options.exitCode ?? (code === 'ERR_WEIR_USAGE' ? EXIT.usage : EXIT.failed);
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** The `code` of a system error, such as ENOENT. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

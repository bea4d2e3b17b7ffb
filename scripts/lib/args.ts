// Command lines: a bad flag gets a message, the help text and exit code 2.

import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Exit with 2 and say what was wrong with the command line. */
export function usageError(message: string, help: string): never {
  process.stderr.write(`${message}\n\n${help}`);
  process.exit(2);
}

/** parseArgs with --help; ends the process on --help and on what it does not know. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T, help: string) {
  let parsed: ReturnType<typeof parseArgs<T>>;
  try {
    parsed = parseArgs<T>(config);
  } catch (error) {
    usageError(error instanceof Error ? error.message : String(error), help);
  }
  if ((parsed.values as { help?: boolean }).help) {
    process.stdout.write(help);
    process.exit(0);
  }
  return parsed;
}

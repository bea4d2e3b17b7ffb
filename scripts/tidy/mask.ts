// Blanks comments and the insides of strings, so that rules see only code. Every character keeps
// its place.

export type Language = 'c' | 'go' | 'ts';

export function languageOf(path: string): Language | undefined {
  if (/\.(c|h|cpp|hpp)$/.test(path)) return 'c';
  if (path.endsWith('.go')) return 'go';
  if (/\.(ts|mjs|js)$/.test(path)) return 'ts';
  return undefined;
}

const COMMENT = String.raw`\/\/[^\n]*|\/\*[\s\S]*?\*\/`;
const DOUBLE_QUOTED = String.raw`"(?:\\[\s\S]|[^"\\\n])*"`;
const SINGLE_QUOTED = String.raw`'(?:\\[\s\S]|[^'\\\n])*'`;
const BACKQUOTED = String.raw`${'`'}(?:\\[\s\S]|[^${'`'}\\])*${'`'}`;
const GO_RAW = '`[^`]*`';
/** Matched first, so that the quote in 1'000'000 opens nothing. */
const C_NUMBER = String.raw`\b\d[\w.]*(?:'\w+)+`;
const C_RAW = String.raw`R"(?<mark>[^()\s\\]{0,16})\([\s\S]*?\)\k<mark>"`;
/** A slash begins a regular expression after an operator or a bracket; after a value it divides. */
const TS_REGEX_BEFORE = String.raw`(?<=[=(,:;!&|?{}[\n]\s*|return\s+)`;
const TS_REGEX_PART = String.raw`\\.|\[(?:\\.|[^\]\\\n])*\]|[^\/\\\n[]`;
const TS_REGEX = String.raw`${TS_REGEX_BEFORE}\/(?![*\/])(?:${TS_REGEX_PART})+\/[a-z]*`;

const PATTERNS: Record<Language, RegExp> = {
  c: new RegExp([C_NUMBER, C_RAW, COMMENT, DOUBLE_QUOTED, SINGLE_QUOTED].join('|'), 'g'),
  go: new RegExp([COMMENT, DOUBLE_QUOTED, SINGLE_QUOTED, GO_RAW].join('|'), 'g'),
  ts: new RegExp([COMMENT, DOUBLE_QUOTED, SINGLE_QUOTED, BACKQUOTED, TS_REGEX].join('|'), 'g'),
};

/** The text with comments and strings replaced by spaces; line breaks stay. */
export function maskCode(text: string, language: Language): string {
  return text.replace(PATTERNS[language], (match) => {
    if (/^\d/.test(match)) return match;
    return match.replace(/[^\n]/g, ' ');
  });
}

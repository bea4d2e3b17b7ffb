// Finds functions by their braces. A heuristic: good enough to measure length, not a parser.

import { type Language, maskCode } from './mask.js';

export interface FunctionSpan {
  name: string;
  firstLine: number;
  lines: number;
}

/** What may stand between the parameter list of a C++ function and its body. */
const C_AFTER_PARAMETERS =
  /\)(?:const|noexcept(?:\([^)]*\))?|override|final|mutable|->[\w:<>,*&\s]+|\s)*(?::\s[\s\S]*)?$/;
const CONTROL = /^\s*(?:\}?\s*else\s+)?(?:if|for|while|switch|catch|do|try|select)\b/;
const C_CONTAINER = /\b(?:namespace|struct|class|union|enum)\b|extern\s+"?\s*"?\s*$/;
/** It ends like a statement, without a semicolon. */
const ACCESS = /^\s*(?:public|protected|private)\s*:/;
const TS_FUNCTIONS = [
  /\bfunction\b/,
  /^\s*(?:export\s+)?const\s[\s\S]*=>\s*$/,
  /^\s*(?:(?:public|private|static|async|get|set|override)\s+)*[\w#]+\s*\([\s\S]*\)[^=]*$/,
];

function isFunctionHead(head: string, language: Language): boolean {
  if (CONTROL.test(head)) return false;
  if (language === 'go') return /\bfunc\b/.test(head);
  if (language === 'ts') return TS_FUNCTIONS.some((pattern) => pattern.test(head));
  return C_AFTER_PARAMETERS.test(head) && !C_CONTAINER.test(head.replace(/\([\s\S]*/, ''));
}

function nameOf(head: string): string {
  const goMethod = head.replace(/\bfunc\s*\([^)]*\)/, 'func');
  return (
    /([\w:~#]+)\s*(?:<[^>]*>)?\s*\(/.exec(goMethod)?.[1] ?? /const\s+(\w+)/.exec(head)?.[1] ?? '?'
  );
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** Preprocessor lines hold unbalanced braces in macros; they are not code of a function. */
const withoutDirectives = (text: string): string =>
  text.replace(/^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/gm, blank);

/** The outermost functions of a file; what is nested in a function counts to it. */
export function findFunctions(text: string, language: Language): FunctionSpan[] {
  const masked = maskCode(text, language);
  const code = language === 'c' ? withoutDirectives(masked) : masked;
  const found: FunctionSpan[] = [];
  let headStart = 0;
  let line = 1;
  let depth = 0;
  let open: { name: string; firstLine: number; depth: number } | undefined;
  for (let i = 0; i < code.length; i++) {
    const c = code[i];
    if (c === '\n') line++;
    else if (c === '{') {
      const from =
        language === 'go' ? Math.max(headStart, code.lastIndexOf('\nfunc', i)) : headStart;
      const head = code.slice(from, i).replace(ACCESS, blank);
      if (!open && isFunctionHead(head, language)) {
        const leading = head.length - head.trimStart().length;
        const firstLine = line - (head.slice(leading).split('\n').length - 1);
        open = { name: nameOf(head), firstLine, depth };
      }
      depth++;
      headStart = i + 1;
    } else if (c === '}') {
      depth--;
      headStart = i + 1;
      if (open && depth === open.depth) {
        found.push({
          name: open.name,
          firstLine: open.firstLine,
          lines: line - open.firstLine + 1,
        });
        open = undefined;
      }
    } else if (c === ';' && !open) headStart = i + 1;
  }
  return found;
}

// Wraps prose in comments that is too long for a line. clang-format could, but it breaks drawings
// and tables.
//
// Only paragraphs with a line that is too long are touched; their lines are joined and filled anew.
// A line with wide gaps inside is a drawing or a table and stays: tidy reports it, and a person
// decides.

export const WIDTH = 100;

interface CommentLine {
  /** Up to the text: indentation and the comment's own mark. */
  prefix: string;
  /** The label or bullet that begins a hanging paragraph, such as "- " or "Threads    ". */
  label: string;
  text: string;
}

const WHOLE_LINE = /^(\s*(?:\*(?!\/)|\/\/[/!]?) ?)(.*)$/;
const ONE_LINE_BLOCK = /^(\s*)\/\*(\*?) (.*?) ?\*\/$/;
const LABEL = /^\s*(?:[-*] |\d+\. |\S{1,24}(?: \S{1,12})?[ ]{2,})/;

function parse(line: string): CommentLine | undefined {
  const match = WHOLE_LINE.exec(line);
  if (!match) return undefined;
  const [, prefix = '', rest = ''] = match;
  const label = LABEL.exec(rest)?.[0] ?? /^\s*/.exec(rest)?.[0] ?? '';
  return { prefix, label, text: rest.slice(label.length) };
}

/** Arrows and wide gaps are drawn; directives (//go:build, // #cgo) are not prose either. */
const isDrawing = ({ prefix, text }: CommentLine): boolean =>
  /\S {2,}\S|--+[>+]|^#/.test(text) || !prefix.endsWith(' ');

/** Whether `next` goes on with the paragraph that `first` began. */
function continues(first: CommentLine, next: CommentLine | undefined): next is CommentLine {
  if (!next || next.prefix !== first.prefix || next.text === '' || isDrawing(next)) return false;
  return next.label.trim() === '' && next.label.length === first.label.length;
}

function fill(first: CommentLine, text: string): string[] {
  const hang = first.prefix + ' '.repeat(first.label.length);
  const lines: string[] = [];
  let line = first.prefix + first.label;
  let empty = true;
  for (const word of text.split(/\s+/)) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = hang;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** A comment that begins and ends on one line becomes a block. */
function openBlock(line: string): string[] {
  const match = line.length > WIDTH ? ONE_LINE_BLOCK.exec(line) : null;
  if (!match) return [line];
  const [, indent = '', star = '', text = ''] = match;
  return [`${indent}/*${star}`, `${indent} * ${text}`, `${indent} */`];
}

export function wrapComments(source: string): string {
  const lines = source.split('\n').flatMap(openBlock);
  const out: string[] = [];
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] ?? '';
    const first = parse(line);
    if (!first || first.text === '' || isDrawing(first)) {
      out.push(line);
      i++;
      continue;
    }
    let end = i + 1;
    const texts = [first.text];
    for (
      let next = parse(lines[end] ?? '');
      continues(first, next);
      next = parse(lines[end] ?? '')
    ) {
      texts.push(next.text);
      end++;
    }
    const paragraph = lines.slice(i, end);
    const tooLong = paragraph.some((one) => one.length > WIDTH);
    out.push(...(tooLong ? fill(first, texts.join(' ')) : paragraph));
    i = end;
  }
  return out.join('\n');
}

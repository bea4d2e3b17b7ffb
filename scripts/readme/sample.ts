// Cuts a sample out of a source file.

/** The lines between `// [sample:name]` and `// [/sample]`, moved to the left margin. */
export function cutSample(source: string, name: string, path: string): string {
  const lines = source.split('\n');
  const begin = lines.findIndex((line) => line.trim() === `// [sample:${name}]`);
  if (begin < 0) throw new Error(`${path} has no mark // [sample:${name}]`);
  const length = lines.slice(begin + 1).findIndex((line) => line.trim() === '// [/sample]');
  if (length < 0) throw new Error(`${path}: sample ${name} has no end mark`);
  const cut = lines.slice(begin + 1, begin + 1 + length);
  const indents = cut
    .filter((line) => line.trim() !== '')
    .map((line) => /^\s*/.exec(line)?.[0] ?? '');
  const margin = Math.min(...indents.map((indent) => indent.length));
  const text = cut.map((line) => line.slice(margin).trimEnd()).join('\n');
  return text.replace(/^\n+|\n+$/g, '');
}

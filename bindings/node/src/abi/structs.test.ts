import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { type Layout, layout } from './layout.js';
import * as structs from './structs.js';

const INCLUDE = fileURLToPath(new URL('../../../../cabi/include', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'weir-structs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADERS = '#include <stddef.h>\n#include <stdio.h>\n#include <weir/weir.h>\n';
const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);
const typeName = (constant: string): string => `weir_${constant.toLowerCase()}`;

/** What the C compiler says: a line for each struct with its size, then one for each field. */
function compiled(): string[] {
  const lines = Object.entries(structs).flatMap(([constant, { names }]: [string, Layout]) => {
    const type = typeName(constant);
    const fields = names.map((name) => {
      const field = snake(name);
      const size = `sizeof(((${type} *)0)->${field})`;
      return `printf("${type}.${name} %zu %zu\\n", offsetof(${type}, ${field}), ${size});`;
    });
    return [`printf("${type} %zu\\n", sizeof(${type}));`, ...fields];
  });
  const source = join(folder, 'structs.c');
  const program = join(folder, 'structs');
  const body = lines.join('\n    ');
  writeFileSync(source, `${HEADERS}int main(void) {\n    ${body}\n}\n`);
  execFileSync(process.env.CC ?? 'cc', ['-std=c11', '-I', INCLUDE, source, '-o', program]);
  return execFileSync(program, { encoding: 'utf8' }).trimEnd().split('\n');
}

const WIDTHS = { u32: 4, i32: 4, u64: 8, pointer: 8, size: 8 } as const;

function computed(): string[] {
  return Object.entries(structs).flatMap(([constant, of]: [string, Layout]) => {
    const type = typeName(constant);
    const fields = of.names.map((name) => {
      const width = of.width[name] as keyof typeof WIDTHS | number;
      const size = typeof width === 'number' ? width : WIDTHS[width];
      return `${type}.${name} ${of.offset[name]} ${size}`;
    });
    return [`${type} ${of.size}`, ...fields];
  });
}

test('every struct has the size and the offsets that the C compiler gives it', () => {
  expect(computed()).toEqual(compiled());
});

test('a field is aligned to its width, and a struct to its widest field', () => {
  const { offset, size } = layout({ a: 'u32', b: 'u64', c: 3, d: 'u32', e: 1 });
  expect(offset).toEqual({ a: 0, b: 8, c: 16, d: 20, e: 24 });
  expect(size).toBe(32);
});

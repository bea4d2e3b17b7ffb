import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { weir } from './testing/fake-runtime.js';

const cwd = tmpdir();
const COMMANDS = ['init', 'build', 'generate', 'call', 'inspect', 'diff', 'doctor'];

test('help names every command, and goes to stdout with exit code 0', async () => {
  const ran = await weir(['--help'], { cwd });
  expect(ran).toMatchObject({ code: 0, err: '' });
  for (const command of COMMANDS) expect(ran.out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  expect(ran.out).toContain('Examples:');
});

test.each(COMMANDS)('%s has help of its own', async (command) => {
  const ran = await weir([command, '--help'], { cwd });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain(`Usage: weir ${command}`);
  for (const line of ran.out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});

test('the version is that of weir', async () => {
  expect((await weir(['--version'], { cwd })).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [['bild'], /unknown command 'bild'\n\(Did you mean build\?\)/],
  [['call'], /missing required argument 'library'/],
  [['build', '--colour'], /unknown option '--colour'/],
  [['generate', 'x.weir', '-o', 'y'], /required option '-t, --target/],
])('%j is a command line that cannot be: exit code 2', async (args, message) => {
  const ran = await weir(args, { cwd });
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toMatch(message);
});

test('no command is exit code 2 with the help on stderr', async () => {
  const ran = await weir([], { cwd });
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toContain('Usage: weir');
});

test('stack traces are shown only with --verbose', async () => {
  expect((await weir(['inspect', 'gone.weir'], { cwd })).err).not.toMatch(/^ +at /m);
  expect((await weir(['--verbose', 'inspect', 'gone.weir'], { cwd })).err).toMatch(/^ +at /m);
});

test('every error code stands in docs/command.md', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const codes = new Set(read('errors.ts').match(/'ERR_WEIR_[A-Z_]+'/g));
  const page = read('../../../docs/command.md');
  expect([...codes].filter((code) => !page.includes(code.slice(1, -1)))).toEqual([]);
});

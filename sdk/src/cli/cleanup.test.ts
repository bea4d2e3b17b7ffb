import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { cleanUp, spawnOwned, withTempFolder } from './cleanup.js';
import { makePlace } from './testing/fake-runtime.js';

const place = makePlace();
afterAll(() => place.remove());

const root = fileURLToPath(new URL('../../..', import.meta.url));

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_500) throw new Error('it did not come to be in 30 s');
    await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('close', resolve));

test('a temporary folder is removed when its work ends, and when that throws', async () => {
  let first = '';
  await withTempFolder(async (folder) => {
    first = folder;
    expect(existsSync(folder)).toBe(true);
  });
  let second = '';
  const failing = withTempFolder(async (folder) => {
    second = folder;
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect([first, second].filter(existsSync)).toEqual([]);
});

test('cleaning up kills what was started, with what that started', async () => {
  const child = spawnOwned('sh', ['-c', 'sleep 60 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const closed = ended(child);
  const grandchild = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (text: Buffer) => resolve(Number(text))),
  );
  expect(isAlive(grandchild)).toBe(true);
  cleanUp();
  await closed;
  await until(() => !isAlive(grandchild));
});

test('Ctrl-C ends a build with exit code 130 and leaves nothing behind', async () => {
  const temporary = join(place.folder, 'tmp');
  mkdirSync(temporary);
  place.write({
    'project/package.json': '{}',
    'project/src/library.ts': `
      import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(join(place.folder, 'pid'))}, String(process.pid));
      for (;;) {}
    `,
  });
  const main = join(root, 'sdk/src/cli/main.ts');
  const entry = join(place.folder, 'project/src/library.ts');
  const weir = spawn(process.execPath, ['--import', 'tsx', main, 'build', entry], {
    cwd: root,
    env: { ...process.env, TMPDIR: temporary },
    stdio: 'ignore',
  });
  const closed = ended(weir);
  const pidFile = join(place.folder, 'pid');
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  weir.kill('SIGINT');
  expect(await closed).toBe(130);
  await until(() => !isAlive(Number(readFileSync(pidFile, 'utf8'))));
  // tsx keeps a folder of its own.
  expect(readdirSync(temporary).filter((name) => name.startsWith('weir-'))).toEqual([]);
}, 60_000);

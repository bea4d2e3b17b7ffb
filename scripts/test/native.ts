// The native steps: release, release with many descriptors open, and the sanitizers.

import { spawnSync } from 'node:child_process';
import { tidy } from '../tidy/check.js';
import { buildAndTest } from './ctest.js';
import type { Step } from './step.js';

/** More than select() can hold (1,024), so that any use of it shows. */
const MANY_DESCRIPTORS = 2_000;

/**
 * ThreadSanitizer needs its address ranges free: with much randomness in addresses it does not
 * start.
 */
function fixedAddresses(): string[] {
  const prefix = ['setarch', '--addr-no-randomize'];
  const [command = '', ...args] = prefix;
  return spawnSync(command, [...args, 'true']).status === 0 ? prefix : [];
}

export const ASAN_ENVIRONMENT = {
  ASAN_OPTIONS: 'detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

export const nativeSteps: Step[] = [
  {
    name: 'core: release build and suite',
    groups: ['core', 'release'],
    run: (context) => buildAndTest({ preset: 'release' }, context),
  },
  {
    name: 'core: what leaves the library',
    groups: ['core', 'release', 'tidy'],
    run: (context) => tidy((line) => context.print(line), 'library'),
  },
  {
    name: `core: suite with ${MANY_DESCRIPTORS.toLocaleString('en')} descriptors open`,
    groups: ['core', 'descriptors'],
    run: (context) =>
      buildAndTest(
        { preset: 'release', openDescriptors: MANY_DESCRIPTORS, excludeLabel: 'slow' },
        context,
      ),
  },
  {
    name: 'core: address and undefined behaviour sanitizers',
    groups: ['core', 'asan'],
    run: (context) =>
      buildAndTest({ preset: 'asan', env: ASAN_ENVIRONMENT, excludeLabel: 'no-asan' }, context),
  },
  {
    name: 'engine: address and undefined behaviour sanitizers',
    groups: ['asan-engine'],
    long: true,
    run: (context) =>
      buildAndTest(
        { preset: 'asan-engine', env: ASAN_ENVIRONMENT, excludeLabel: 'no-asan' },
        context,
      ),
  },
  {
    name: 'core: thread sanitizer',
    groups: ['core', 'tsan'],
    run: (context) =>
      buildAndTest(
        {
          preset: 'tsan',
          prefix: fixedAddresses(),
          env: { TSAN_OPTIONS: 'second_deadlock_stack=1' },
          excludeLabel: 'no-tsan',
        },
        context,
      ),
  },
];

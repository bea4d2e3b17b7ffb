// ECMAScript modules through @swc/jest: types are checked by tsc, not here.

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src'],
  // Ten times what the slowest takes where nothing else runs.
  testTimeout: 60_000,
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@weir-ffi/node$': '<rootDir>/src/index.ts',
    '^@weir-ffi/sdk/host$': '<rootDir>/../../sdk/src/host/index.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};

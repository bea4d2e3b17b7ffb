// ECMAScript modules through @swc/jest, against the sdk's source: types are checked by tsc.

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/tests'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@weir-ffi/sdk$': '<rootDir>/../../sdk/src/index.ts',
    '^@weir-ffi/sdk/testing$': '<rootDir>/../../sdk/src/testing/index.ts',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};

import { availableParallelism } from 'node:os';

/** Unit specs stand beside their file; suites over several parts stand in test/. */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/lib', '<rootDir>/test', '<rootDir>/sample'],
  testMatch: ['**/*.spec.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/test/nest11-host/'],
  // Sources instead of what tsc made of them: `./x.js` is x.ts, and the package by its name (as the samples import it) is lib/.
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@raftoral/nestjs$': '<rootDir>/lib/index.ts',
    '^@raftoral/nestjs/testing$': '<rootDir>/lib/testing/index.ts',
  },
  testTimeout: 30_000,
  // Two at least, though Jest leaves one core to itself: on two cores it would run one spec after the other, and what those wait for real clocks and disks would be nobody's.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // Modules of a spec that has ended are not all given back (VM modules): a worker that holds so much begins anew.
  workerIdleMemoryLimit: '1GB',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};

import { defineConfig } from 'vitest/config';

/** Suites that start the whole system, need parts a stranger's machine may lack, or take minutes. */
const slowSuites = [
  'test/contract/**',
  'test/end-to-end/**',
  'test/browser/**',
  'test/mutation/**',
];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude:
      process.env['SUITE'] === 'slow' ? ['node_modules/**'] : ['node_modules/**', ...slowSuites],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    // Many tests drive real servers in real time; on a loaded gate one may meet a pause once.
    retry: process.env['CI'] ? 1 : 0,
    coverage: {
      provider: 'v8',
      include: ['cli/**/*.ts', 'functions/**/*.ts', 'infra/**/*.ts', 'shared/**/*.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});

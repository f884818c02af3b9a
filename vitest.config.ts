/*
 * Projects: `unit` needs nothing, `db` both databases, `e2e` the built program and a browser, `lab` root, with ip and nft,
 * `chaos` a database, the built program, and for a part of it what `lab` needs.
 * `npm test` brings what they need (test/support/run-tests.mjs); `npx vitest run test/unit/…` runs a part.
 * Forks, not threads: native modules, signals and working folders belong to a process.
 */
import { defineConfig } from 'vitest/config';

const setupFiles = ['test/support/metadata-setup.ts'];
const globalSetup = ['test/support/databases-setup.ts'];

/** They put something in the place of a module, and would for whoever comes after them. */
const MOCKING = ['test/unit/engine/connect/socket-address.test.ts', 'test/unit/engine/syn/ways-out.test.ts'];
/** After the others: each starts a service, most a browser. */
const program = {
  setupFiles,
  globalSetup,
  sequence: { groupOrder: 1 },
  testTimeout: 120_000,
  hookTimeout: 180_000,
};

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        // Files share what they load: pure, most of them, and loading is a third of their time.
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: MOCKING,
          isolate: false,
          setupFiles,
          testTimeout: 20_000,
        },
      },
      { test: { name: 'unit-mocking', include: MOCKING, setupFiles, testTimeout: 20_000 } },
      {
        // As above: what a service is made of is loaded once, and not for each of fifty files.
        test: {
          name: 'db',
          isolate: false,
          include: ['test/db/**/*.test.ts'],
          setupFiles,
          globalSetup,
          // The first embedded database takes seven seconds to make, several times that on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...program,
          name: 'e2e',
          isolate: false,
          globalSetup: [...globalSetup, 'test/support/page-browser-setup.ts'],
          include: ['test/e2e/**/*.test.ts'],
          // test/support/turns.mjs
          exclude: process.env.PORTOLAN_TEST_RESTING?.split(',') ?? [],
          // Some of their time is waiting, for a browser or a clock.
          maxWorkers: 3,
        },
      },
      {
        // Alone, and after all others: it counts packets, and holds the engines to what a busy machine would spoil.
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          setupFiles,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        // After all others: it measures how soon a service is back. Most of its time is waiting, so that three files go at once.
        test: {
          ...program,
          name: 'chaos',
          include: ['test/chaos/**/*.test.ts'],
          maxWorkers: 3,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});

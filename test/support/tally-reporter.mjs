/*
 * Counts a test run for run-tests.mjs, which prints the closing line. It promises that nothing gets lost: a file
 * that can't be loaded, a hook that fails, an error outside of any test and a test that never ran are failures.
 */
import { writeFileSync } from 'node:fs';

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter from the default export
export default class TallyReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const tally = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      if (module.errors().length > 0) tally.failed++;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed++;
      for (const test of module.children.allTests()) count(tally, module, test);
    }
    writeFileSync(process.env.PORTOLAN_TEST_TALLY, JSON.stringify(tally));
  }
}

function count(tally, module, test) {
  const { state, note } = test.result();
  if (state === 'passed') tally.passed++;
  else if (state === 'skipped') {
    const reason = note ?? (test.options.mode === 'todo' ? 'still to be written' : 'no reason given');
    tally.skipped.push(`${module.relativeModuleId} > ${test.fullName}: ${reason}`);
  } else tally.failed++;
}

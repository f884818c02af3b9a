/* A snapshot in pages: nothing is left out of its hosts, and of its findings no more is taken than is shown. */
import { expect, test } from 'vitest';
import type {
  ReportFinding,
  ReportHost,
  ReportSnapshot,
} from '../../../../../src/domain/report/exposure/exposure.js';
import {
  FINDINGS_SHOWN,
  HOSTS_A_PAGE,
  pagesOf,
} from '../../../../../src/domain/report/exposure/exposure-pages.js';

const many = <T>(count: number, of: (i: number) => object): T[] =>
  Array.from({ length: count }, (_, i) => of(i) as T);

function snapshot(hosts: number, findings: number): ReportSnapshot {
  return {
    hosts: many<ReportHost>(hosts, (i) => ({ host: `h${i}` })),
    findings: many<ReportFinding>(findings, (i) => ({ key: `open ${i}` })),
    resolved: many<ReportFinding>(findings, (i) => ({ key: `gone ${i}` })),
    owners: [{ id: 'ops', name: 'Operations', email: null }],
  } as unknown as ReportSnapshot;
}

test.each([0, 1, HOSTS_A_PAGE, HOSTS_A_PAGE + 1, 5 * HOSTS_A_PAGE + 7])(
  'all of %i hosts are on a page, in their order, once',
  (count) => {
    const whole = snapshot(count, 0);
    const { hosts, summary } = pagesOf(whole);
    expect(hosts.flat()).toEqual(whole.hosts);
    expect(hosts.every((page) => page.length > 0 && page.length <= HOSTS_A_PAGE)).toBe(true);
    expect(summary.total).toBe(count);
  },
);

test('of the findings there is one more than is shown, so that it can be said that there are more', () => {
  const { summary } = pagesOf(snapshot(1, FINDINGS_SHOWN + 50));
  expect(summary.findings).toHaveLength(FINDINGS_SHOWN + 1);
  expect(summary.resolved).toHaveLength(FINDINGS_SHOWN);
  expect(summary.findings.at(-1)).toEqual({ key: `open ${FINDINGS_SHOWN}` });
  expect(summary.owners).toEqual([{ id: 'ops', name: 'Operations', email: null }]);
});

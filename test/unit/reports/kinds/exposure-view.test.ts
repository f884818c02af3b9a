/* The numbers of the first pages tie out with the rows of the later ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percent, splitCoverage, texture } from '../../../../src/reports/kinds/exposure-chart.js';
import { reportView } from '../../../../src/reports/kinds/exposure-view.js';
import { cleanSnapshot, driftSnapshot, largeSnapshot } from '../../../fixtures/report-snapshots.js';
import { finding, snapshot } from '../../../fixtures/snapshot-parts.js';

describe('sums', () => {
  it.each([
    ['drift', driftSnapshot],
    ['clean', cleanSnapshot],
    ['large', largeSnapshot(300)],
  ])('the %s report adds up', (_, shown) => {
    const view = reportView(shown);
    expect(view.counts.toDo + view.counts.accepted).toBe(shown.findings.length);
    expect(view.tally.reduce((sum, { count }) => sum + count, 0)).toBe(view.counts.toDo);
    expect(view.chart?.rows.reduce((sum, { total }) => sum + total, 0) ?? 0).toBe(shown.findings.length);
    const listed = view.findings.groups?.flatMap(({ rows }) => rows) ?? [
      ...view.findings.toDo,
      ...view.findings.accepted,
    ];
    expect(listed.map(({ rank }) => rank).sort((a, b) => a - b)).toEqual(
      shown.findings.map((_, index) => index + 1),
    );
    expect(view.coverage.tiesOut).toBe(true);
    expect(view.coverage.hasGap).toBe(false);
  });

  it('coverage that does not add up is shown to be so', () => {
    const coverage = { expected: 100, probed: 50, answered: 40, unknown: 30 };
    const view = reportView(snapshot({ coverage }));
    expect(view.coverage.unaccounted).toBe(20);
    expect(view.coverage.hasGap).toBe(true);
    expect(view.coverage.tiesOut).toBe(false);
  });

  it('the four parts of any coverage are its whole', () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(count, count, count, count, (expected, probed, answered, unknown) => {
        const { silent, unaccounted } = splitCoverage({ expected, probed, answered, unknown });
        expect(answered + silent + unknown + unaccounted).toBe(expected);
      }),
    );
  });

  it('a share never says all or nothing where it is not', () => {
    expect(percent(1, 1_000_000)).toBe('< 0.1%');
    expect(percent(999_999, 1_000_000)).toBe('> 99.9%');
    expect(percent(0, 10)).toBe('0%');
    expect(percent(10, 10)).toBe('100%');
    expect(percent(0, 0)).toBe('–');
  });
});

describe('order', () => {
  it('findings go by severity, then host and port as numbers, and accepted ones last', () => {
    const at = (host: string, port: number) =>
      ({ kind: 'unexpected-open', host, address: '127.0.0.2', port }) as const;
    const view = reportView(
      snapshot({
        findings: [
          finding({ ...at('node-1', 1), severity: 'critical', state: 'accepted' }),
          finding({ ...at('node-10', 80), severity: 'high' }),
          finding({ ...at('node-2', 443), severity: 'high' }),
          finding({ ...at('node-2', 80), severity: 'high' }),
          finding({ ...at('node-9', 22), severity: 'critical' }),
        ],
      }),
    );
    expect(view.findings.toDo.map(({ host, port }) => `${host}:${port}`)).toEqual([
      'node-9:22',
      'node-2:80',
      'node-2:443',
      'node-10:80',
    ]);
    expect(view.findings.accepted).toHaveLength(1);
  });
});

describe('patterns', () => {
  it('never leave their bar', () => {
    const size = fc.integer({ min: 4, max: 400 });
    fc.assert(
      fc.property(fc.constantFrom('high', 'medium', 'silent'), size, size, size, (fill, x, y, width) => {
        for (const [, px, py] of texture(fill, x, y, width, 13).matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
          expect(Number(px)).toBeGreaterThanOrEqual(x);
          expect(Number(px)).toBeLessThanOrEqual(x + width);
          expect(Number(py)).toBeGreaterThanOrEqual(y);
          expect(Number(py)).toBeLessThanOrEqual(y + 13);
        }
      }),
    );
  });
});

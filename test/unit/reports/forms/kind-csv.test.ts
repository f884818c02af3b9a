/* Each kind of report that is asked for as CSV: every item of its list is a row, no cell is run, and what is left out says so. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndedException } from '../../../../src/domain/report/exceptions/exceptions.js';
import { askedCsv } from '../../../../src/reports/forms/kind-csv.js';
import { writeForm } from '../../../../src/reports/forms/write-form.js';
import { type AskedSnapshot, askedIn } from '../../../../src/reports/kinds/formats.js';
import { driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { complianceOf, factsOf } from '../../../support/compliance-facts.js';
import { registerOf } from '../../../support/exceptions-facts.js';
import { exposuresOf, narrowing, runs } from '../../../support/exposure-runs.js';
import { driftOf, histories, periods } from '../../../support/finding-histories.js';
import { readCsv } from '../../../support/read-csv.js';

type Cells = Readonly<Record<string, string>>;

/** Its rows by the names of their columns; the last column is the note. */
function rowsOf(snapshot: AskedSnapshot): Cells[] {
  const [columns, ...rows] = readCsv(Array.from(askedCsv(snapshot)).join(''));
  expect(columns!.at(-1)).toBe('note');
  return rows.map((cells) => {
    expect(cells).toHaveLength(columns!.length);
    return Object.fromEntries(cells.map((cell, at) => [columns![at]!, cell]));
  });
}

const EXCEPTIONS = registerOf({ declared: [{ host: 'web-1', ports: '22,80', expires: '2026-12-31' }] });

describe('a report that was asked for, as CSV', () => {
  it('of exposure, has its findings with the run and the audits that they come from', () => {
    fc.assert(
      fc.property(runs, narrowing, (made, asked) => {
        const snapshot = exposuresOf(made, asked);
        expect(rowsOf(snapshot).map(({ kind, run, audits, note }) => [kind, run, audits, note])).toEqual(
          snapshot.findings.map(({ kind, run, audits }) => [kind, run, audits.join(' '), '']),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('of drift, has each step of each finding, and says how many are not listed', () => {
    fc.assert(
      fc.property(histories(6), periods, (moved, period) => {
        const whole = driftOf(moved, period);
        const steps = whole.findings.flatMap(({ id, steps: own }) =>
          own.map(({ move, at }) => [id, move, at]),
        );
        expect(rowsOf(whole).map(({ finding, move, at }) => [finding, move, at])).toEqual(steps);
        if (whole.findings.length < 2) return;
        const note = rowsOf(driftOf(moved, period, { listed: 1 })).at(-1)!.note;
        expect(note).toBe(
          `${whole.findings.length - 1} findings that moved too are not listed: the evidence would be too large`,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('of compliance, has each condition of each control', () => {
    const snapshot = complianceOf(factsOf({ framework: 'pci-dss-4.0.1' }));
    const rows = rowsOf(snapshot);
    expect(rows.map(({ control, condition }) => [control, condition])).toEqual(
      snapshot.controls.flatMap(({ id, conditions }) => conditions.map((one) => [id, one.id])),
    );
    expect(rows.length).toBeGreaterThan(snapshot.controls.length);
    expect(new Set(rows.map(({ framework }) => framework))).toEqual(new Set(['pci-dss-4.0.1']));
  });

  it('of exceptions, has those that stand and those that are over, and says what is missing', () => {
    const over: EndedException = {
      ...{ source: 'finding', finding: '7', host: 'web-2', address: null, ports: '23', owner: null },
      ...{ how: 'expired', at: '2026-10-02T00:00:00.000Z', by: null, why: '=1+1' },
    };
    const rows = rowsOf({ ...EXCEPTIONS, ended: { total: 1, rows: [over] } });
    expect(rows.map(({ state, host, ports }) => [state, host, ports])).toEqual([
      [EXCEPTIONS.exceptions.rows[0]!.state, 'web-1', '22,80'],
      ['over', 'web-2', '23'],
    ]);
    expect(rows.map(({ reason, why, note }) => [reason, why, note])).toEqual([
      ['legacy', '', ''],
      ['', "'=1+1", ''],
    ]);
    const cut = { ...EXCEPTIONS, ended: { total: 9, rows: [] }, versionsUnread: 2 };
    expect(rowsOf(cut).at(-1)).toMatchObject({
      state: '',
      note: '9 more that ended are not listed; 2 versions of the inventory were not read',
    });
  });

  it('is told from the report of a run by its format, and by nothing else', () => {
    const text = JSON.stringify(EXCEPTIONS);
    const csv = Array.from(writeForm('csv', { text, sha256: 'x' })).join('');
    expect(csv).toBe(Array.from(askedCsv(EXCEPTIONS)).join(''));
    expect(askedIn(JSON.parse(text))).toEqual(EXCEPTIONS);
    expect(askedIn(JSON.parse(JSON.stringify(driftSnapshot)))).toBeNull();
    expect(() => askedIn({ ...EXCEPTIONS, tallies: null })).toThrow();
  });
});

/*
 * What the status of a control is made of: what can't be trusted or was not seen supports nothing, and one thing that is wrong is
 * enough; a snapshot that was changed is refused. What holds whatever is recorded is in compliance.random.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { PortSet } from '../../../../../src/domain/port-set.js';
import type { ComplianceSnapshot } from '../../../../../src/domain/report/compliance/compliance.js';
import { toldPorts } from '../../../../../src/domain/report/compliance/compliance-facts.js';
import { complianceProblem } from '../../../../../src/domain/report/compliance/compliance-problem.js';
import type { ControlStatus } from '../../../../../src/domain/report/compliance/control-status.js';
import { FRAMEWORKS, wordKey } from '../../../../../src/domain/report/compliance/frameworks.js';
import { keptRows } from '../../../../../src/domain/report/kept-rows.js';
import {
  ALL_PORTS,
  addressOf,
  complianceOf,
  dailyRuns,
  factsOf,
  finding,
  inventoryText,
  seenWhole,
  WHOLE,
} from '../../../../support/compliance-facts.js';

const statusOf = ({ controls }: ComplianceSnapshot, id: string): ControlStatus =>
  controls.find((one) => one.id === id)!.status;

describe('an excellent harbour', () => {
  it.each(FRAMEWORKS.map(({ id }) => id))('has no control of %s contradicted or unproven', (framework) => {
    const snapshot = complianceOf(factsOf({ framework }));
    const statuses = new Set(snapshot.controls.map(({ status }) => status));
    expect(statuses).not.toContain('contradicted');
    expect(statuses).not.toContain('unproven');
    expect(complianceProblem(snapshot)).toBeNull();
  });

  it('is supported where one vantage can show all that is asked', () => {
    for (const framework of ['nist-800-53r5', 'cis-8.1', 'soc-2', 'nis2', 'cisa-bod'])
      expect(complianceOf(factsOf({ framework })).word).toBe('supported');
  });

  it('shows a rescan in part, and nothing more', () => {
    const snapshot = complianceOf(factsOf({ framework: 'pci-dss-4.0.1' }));
    expect(statusOf(snapshot, '11.3.1')).toBe('partly');
    expect(statusOf(snapshot, '2.2.4')).toBe('supported');
    // A second place to look from, which segmentation needs, is not there.
    expect(statusOf(snapshot, '11.4.5')).toBe('partly');
    expect(snapshot.word).toBe('unproven');
  });
});

describe('one thing that is wrong', () => {
  const cm7 = (some: Parameters<typeof factsOf>[0]): ControlStatus =>
    statusOf(complianceOf(factsOf(some)), 'CM-7');

  it('is enough to contradict, open or acknowledged; suspected is in part, accepted until a day is none', () => {
    expect(cm7({ findings: [finding()] })).toBe('contradicted');
    expect(cm7({ findings: [finding({ state: 'acknowledged' })] })).toBe('contradicted');
    expect(cm7({ findings: [finding({ state: 'suspected' })] })).toBe('partly');
    const acceptance = {
      ...{ since: new Date('2026-11-01T00:00:00Z'), until: '2027-01-31', approvedBy: 'Grace' },
      ...{ requestedBy: 'Ada', reason: 'a reason' },
    };
    expect(cm7({ findings: [finding({ state: 'accepted', acceptance })] })).toBe('supported');
    expect(
      cm7({ findings: [finding({ state: 'accepted', acceptance: { ...acceptance, until: null } })] }),
    ).toBe('partly');
  });

  it('without a trustworthy run nothing is proven, be there as many others as there will', () => {
    const runs = dailyRuns(92, 'nightly').map((run) => ({ ...run, verdict: 'inconclusive' as const }));
    const { controls, word } = complianceOf(factsOf({ runs, seen: [] }));
    expect(new Set(controls.map(({ status }) => status))).toEqual(new Set(['unproven']));
    expect(word).toBe('unproven');
  });

  it('a port that could not be judged is not shut', () => {
    const seen = seenWhole('93').map((one) => ({ ...one, ports: ALL_PORTS.subtract(PortSet.parse('6000')) }));
    expect(cm7({ seen })).toBe('partly');
    expect(cm7({ seen: seenWhole('93').slice(0, 3) })).toBe('partly');
    expect(cm7({ seen: [] })).toBe('unproven');
  });

  it('nothing is believed of an address on which everything says open', () => {
    const wildcard = finding({ kind: 'wildcard-open', port: null, state: 'suspected' });
    const { tallies } = complianceOf(factsOf({ findings: [wildcard] }));
    expect(tallies.hosts).toMatchObject({ all: 4, seen: 3, everyPort: 3 });
  });

  it('what nobody declares has to be expected shut', () => {
    expect(cm7({ inventory: inventoryText([], { undeclared: 'ignored' }) })).toBe('unproven');
  });

  it('undocumented services are in part, and none approved at all is unproven', () => {
    const pci = (parts: ReadonlyArray<typeof WHOLE>): ControlStatus =>
      statusOf(
        complianceOf(factsOf({ framework: 'pci-dss-4.0.1', inventory: inventoryText(parts) })),
        '1.2.5',
      );
    expect(pci([])).toBe('supported');
    expect(pci([{ ...WHOLE, owner: false }])).toBe('partly');
    expect(pci([{ ...WHOLE, why: false }])).toBe('partly');
    expect(pci([WHOLE, { ...WHOLE, approvedBy: false }])).toBe('partly');
    expect(pci([1, 2, 3, 4].map(() => ({ ...WHOLE, approvedBy: false })))).toBe('unproven');
  });

  it('an exception past its end contradicts, and not where it is renewed', () => {
    const ended = `exceptions: [{ host: web-1, ports: "8080", reason: old, approvedBy: Grace, expires: 2026-11-01 }`;
    const at = (exceptions: string): ControlStatus =>
      statusOf(
        complianceOf(factsOf({ framework: 'nis2', inventory: inventoryText([], { exceptions }) })),
        '6.3',
      );
    expect(at(`${ended}]`)).toBe('contradicted');
    const renewed = `{ host: web-1, ports: "8080", reason: new, approvedBy: Grace, expires: 2027-01-01 }`;
    expect(at(`${ended}, ${renewed}]`)).toBe('supported');
  });
});

describe('an interval', () => {
  const weekly = (step: number, from?: string): ControlStatus => {
    const runs = dailyRuns(31, 'nightly').filter((_, day) => day % step === 0);
    const some = {
      framework: 'cisa-bod',
      runs,
      seen: seenWhole(runs[0]!.run),
      ...(from ? { parameters: { from } } : {}),
    };
    const { controls, audits } = complianceOf({ ...factsOf(some) });
    expect(audits[1]).toMatchObject({ audit: 'watch', longestGapHours: null, lastTrusted: null });
    return controls[0]!.conditions.find(({ id }) => id === 'hosts-every-7')!.outcome === 'holds'
      ? 'supported'
      : controls[0]!.status;
  };

  it('holds by the longest gap, of which the ends of the period are part', () => {
    expect(weekly(1)).toBe('supported');
    expect(weekly(6)).toBe('supported');
    expect(weekly(8)).toBe('unproven');
  });

  it('can’t be shown by a period that is shorter', () => {
    expect(weekly(1, '2026-11-24')).toBe('unproven');
    expect(weekly(1, '2026-11-22')).toBe('supported');
  });
});

describe('a snapshot that was changed', () => {
  const snapshot = complianceOf(
    factsOf({ framework: 'pci-dss-4.0.1', findings: [finding(), finding({ id: '2', state: 'suspected' })] }),
  );

  it.each<[string, (copy: ComplianceSnapshot) => void]>([
    ['a run more', ({ tallies }) => void tallies.runs.all++],
    ['a clean run more', ({ tallies }) => void tallies.runs.clean++],
    ['a finding less', ({ tallies }) => void tallies.findings.open['unexpected-open']--],
    [
      'a host that was seen',
      ({ tallies }) => {
        tallies.hosts.seen = 5;
      },
    ],
    ['a service with an owner', ({ tallies }) => void tallies.services.owned--],
    ['a pair that was judged', ({ tallies }) => void tallies.services.pairsSeen--],
    ['an audit with a trustworthy run', ({ tallies }) => void tallies.audits.trusted--],
    ['a signature', ({ tallies }) => void tallies.reviews.inPeriod++],
    ['a service that was signed for', ({ tallies }) => void tallies.reviews.services!.inPeriod--],
    ['what a signature covers', ({ reviews }) => void (reviews.rows[0]!.covers as number)++],
    [
      'a day on which a service was signed for',
      ({ services }) => {
        services.rows[0]!.reviewedAt = '2025-01-01T00:00:00.000Z';
      },
    ],
    ['an overdue finding', ({ tallies }) => void tallies.findings.overdue++],
    ['a row of a table', (copy) => void (copy.findings.rows as unknown[]).pop()],
    [
      'a row and its total',
      (copy) => {
        (copy.findings.rows as unknown[]).pop();
        copy.findings.total--;
      },
    ],
    [
      'a status',
      (copy) => {
        copy.controls[0]!.status = 'supported';
      },
    ],
    [
      'a condition',
      (copy) => {
        copy.controls[0]!.conditions[0]!.count = 0;
      },
    ],
    ['a control less', (copy) => void (copy.controls as unknown[]).pop()],
    [
      'the word',
      (copy) => {
        copy.word = 'supported';
      },
    ],
    [
      'the framework',
      (copy) => {
        copy.framework = 'iso-9001';
      },
    ],
    ['evidence of a run that is none', (copy) => void (copy.basis as unknown[]).push('12345')],
  ])('is refused: %s', (what, change) => {
    const copy = structuredClone(snapshot) as ComplianceSnapshot;
    change(copy);
    // A row that is missing is said to be: the table was too large.
    if (what === 'a row of a table') expect(copy.findings.rows).toHaveLength(1);
    else expect(complianceProblem(copy)).toEqual(expect.any(String));
    expect(complianceProblem(snapshot)).toBeNull();
  });
});

describe('what a look could tell', () => {
  it('is silence only where something answers', () => {
    expect(`${toldPorts({ open: '', closed: '', filtered: '1-100' })}`).toBe('');
    expect(`${toldPorts({ open: '22', closed: '', filtered: '1-21' })}`).toBe('1-22');
    expect(`${toldPorts({ open: '', closed: '80', filtered: '' })}`).toBe('80');
  });
});

describe('narrowing', () => {
  it('counts what belongs to it and nothing else, and refuses what is not there', () => {
    const findings = [
      finding(),
      finding({ id: '2', host: 'db-1', address: addressOf('db-1'), owner: 'mail' }),
      finding({
        id: '3',
        host: '127.0.9.200',
        address: '127.0.9.200',
        owner: null,
        kind: 'undeclared-host',
        port: null,
      }),
    ];
    const all = (parameters: object) => complianceOf(factsOf({ findings, parameters })).tallies;
    expect(all({}).findings.all).toBe(3);
    expect(all({ owner: 'mail' })).toMatchObject({
      findings: { all: 1 },
      hosts: { all: 0 },
      services: { all: 0 },
    });
    expect(all({ tags: ['web'] })).toMatchObject({
      findings: { all: 1 },
      hosts: { all: 2 },
      services: { all: 2 },
    });
    expect(all({ scope: 'harbour' }).findings.all).toBe(3);
    expect(all({ audits: ['nightly'] })).toMatchObject({ audits: { all: 1, trusted: 1 } });
    for (const wrong of [{ owner: 'nobody' }, { tags: ['no'] }, { scope: 'no' }, { audits: ['no'] }])
      expect(() => complianceOf(factsOf({ parameters: wrong }))).toThrow(/the inventory has no|no host/);
  });
});

it('a table is cut by its bytes, and says how many rows there were', () => {
  const rows = Array.from({ length: 100 }, (_, at) => ({ text: 'x'.repeat(100), at }));
  const { total, rows: kept } = keptRows(rows, 5000);
  expect(total).toBe(100);
  expect(kept.length).toBe(41);
  expect(JSON.stringify(kept).length).toBeLessThanOrEqual(5001);
  expect(keptRows([{ text: '港'.repeat(1000) }], 2000).rows).toEqual([]);
});

it('names of controls are keys of words, each by itself', () => {
  expect(['A.8.20', 'CM-7(1)', 'Art. 10(2)(b)', 'pci-dss-4.0.1'].map(wordKey)).toEqual([
    ...['a-8-20', 'cm-7-1', 'art-10-2-b', 'pci-dss-4-0-1'],
  ]);
  for (const { controls } of FRAMEWORKS)
    expect(new Set(controls.map(({ id }) => wordKey(id))).size).toBe(controls.length);
});

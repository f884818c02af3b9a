/* An attestation: it adds up whatever stands, leaves out nothing that nobody answers for, and a number or date that was changed is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRIFT_KINDS, SEVERITIES } from '../../../../../src/domain/drift.js';
import { AttestationSnapshot } from '../../../../../src/domain/report/attestation/attestation.js';
import { attestationProblem } from '../../../../../src/domain/report/attestation/attestation-problem.js';
import { type StandingFinding } from '../../../../../src/domain/report/attestation/build-attestation.js';
import { LANGUAGES } from '../../../../../src/domain/report/parameters.js';
import { wordsIn } from '../../../../../src/reports/drawing/words.js';
import { ATTESTATION } from '../../../../../src/reports/kinds/attestation-kind.js';
import { attestationOf, NOW } from '../../../../support/attestations.js';

const standing: fc.Arbitrary<StandingFinding[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...DRIFT_KINDS),
      severity: fc.constantFrom(...SEVERITIES),
      state: fc.constantFrom('open' as const, 'acknowledged' as const, 'accepted' as const),
      owner: fc.constantFrom('platform', 'dba', null),
      where: fc.constantFrom(
        ['web', '127.0.0.10'] as const,
        ['old', '198.51.100.7'] as const,
        ['old', null] as const,
      ),
      port: fc.option(fc.integer({ min: 1, max: 100 })),
      days: fc.integer({ min: 0, max: 400 }),
      acceptedBy: fc.constantFrom('CISO', null),
      until: fc.constantFrom('2026-11-21', '2026-11-22'),
    }),
    { maxLength: 12 },
  )
  .map((made) =>
    made.map(({ where: [host, address], days, until, ...one }, at) => ({
      ...{ ...one, id: String(at + 1), key: `key ${at}`, host, address, service: null },
      openedAt: new Date(NOW.getTime() - days * 86_400_000),
      acceptedUntil: one.state === 'accepted' ? until : null,
    })),
  );

const narrowing = fc.record({
  owner: fc.constantFrom(null, 'platform', 'dba'),
  scope: fc.constantFrom(null, 'home', 'docks'),
  tags: fc.constantFrom<string[]>([], ['web']),
});

describe('an attestation', () => {
  it('adds up whatever stands, passes through its own schema, and is the same each time', () => {
    fc.assert(
      fc.property(standing, narrowing, (findings, asked) => {
        const report = attestationOf(findings, asked);
        expect(attestationProblem(report)).toBeNull();
        expect(AttestationSnapshot.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
        expect(JSON.stringify(attestationOf(findings, asked))).toBe(JSON.stringify(report));
        const open = findings.filter(
          ({ state, owner, address, host }) =>
            state !== 'accepted' &&
            (asked.owner === null || owner === asked.owner) &&
            (asked.tags.length === 0 || host === 'web') &&
            (asked.scope === null ||
              (asked.scope === 'home') === (address ?? '198.51.100.7').startsWith('127.')),
        );
        expect(report.totals.findings).toBe(open.length);
      }),
    );
  });

  it('is refused where any of its numbers is another, or what is overdue is said not to be', () => {
    fc.assert(
      fc.property(standing, (findings) => {
        const report = attestationOf(findings);
        for (const name of Object.keys(report.totals) as Array<keyof typeof report.totals>) {
          const totals = { ...report.totals, [name]: report.totals[name] + 1 };
          expect(attestationProblem({ ...report, totals })).toEqual(expect.any(String));
          const owners = report.owners.map((one) => ({ ...one, counts: { ...one.counts, [name]: 99 } }));
          expect(attestationProblem({ ...report, owners })).toEqual(expect.any(String));
        }
        for (const list of ['services', 'exceptions', 'findings'] as const) {
          if (report[list].length === 0) continue;
          const [first, ...others] = report[list];
          const lie =
            'hasEnded' in first!
              ? { ...first, hasEnded: !first.hasEnded }
              : { ...first, isOverdue: !(first as { isOverdue: boolean }).isOverdue };
          expect(attestationProblem({ ...report, [list]: [lie, ...others] } as AttestationSnapshot)).toEqual(
            expect.any(String),
          );
          expect(attestationProblem({ ...report, [list]: others } as AttestationSnapshot)).toEqual(
            expect.any(String),
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it('has what a host’s own owner and a port’s own owner answer for, a group’s ports too, and what nobody does', () => {
    const { services, owners } = attestationOf([]);
    expect(services.map(({ owner, host, ports, isOverdue }) => [owner, host, ports, isOverdue])).toEqual([
      ['platform', 'web', '443', true],
      ['dba', 'web', '5432', false],
      ['platform', 'web', '80', false],
      [null, 'old', '22', false],
    ]);
    expect(owners.map(({ owner }) => owner)).toEqual(['dba', 'platform', null]);
  });

  it('counts the last day of an exception as one on which it holds', () => {
    expect(attestationOf([]).exceptions.map(({ ports, hasEnded }) => [ports, hasEnded])).toEqual([
      ['8443', true],
      ['9000-9010', false],
    ]);
  });

  it('shows who signed last, of those that it tells of, and leaves room for whoever signs now', () => {
    const report = attestationOf([]);
    expect(report.signed.map(({ owner }) => owner)).toEqual(['dba']);
    const late = report.signed.map((one) => ({ ...one, at: '2026-11-23T00:00:00.000Z' }));
    expect(attestationProblem({ ...report, signed: late })).toBe('dba can’t have been signed for before');
    const text = JSON.stringify(ATTESTATION.document(report, wordsIn('en')));
    expect(text).toContain('Signed last by Ann on 2026-08-01 10:00:00 UTC, in report 7');
  });

  it('of one owner tells of nobody else’s', () => {
    const report = attestationOf([], { owner: 'dba' });
    expect(report.owners).toMatchObject([{ owner: 'dba', name: '<b>DBA</b>' }]);
    expect(JSON.stringify(report)).not.toContain('platform@example.test');
  });
});

describe('the pages of an attestation', () => {
  it.each(LANGUAGES)('have a place to sign for each owner and none for nobody, in %s', (language) => {
    fc.assert(
      fc.property(standing, narrowing, (findings, asked) => {
        const report = attestationOf(findings, asked);
        const document = ATTESTATION.document(report, wordsIn(language));
        const signs = document.sections.flatMap(({ blocks }) =>
          blocks.filter(({ block }) => block === 'sign'),
        );
        expect(signs).toHaveLength(report.owners.filter(({ owner }) => owner !== null).length);
        const { findings: open, overdue, services, reviews, exceptions, ended } = report.totals;
        expect(document.tiles.map(({ count, of }) => [count, of])).toEqual([
          [open, null],
          [overdue, open],
          [reviews, services],
          [ended, exceptions],
        ]);
      }),
      { numRuns: 30 },
    );
  });
});

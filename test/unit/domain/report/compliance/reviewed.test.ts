/*
 * What a signature on an attestation is evidence for, and for what it is not: a review of what stood on the list, as it stood there, by
 * whom it is signed for. Less than all is in part, with its numbers.
 */
import { describe, expect, it } from 'vitest';
import type { ComplianceSnapshot } from '../../../../../src/domain/report/compliance/compliance.js';
import { ComplianceSnapshot as Schema } from '../../../../../src/domain/report/compliance/compliance.js';
import { complianceProblem } from '../../../../../src/domain/report/compliance/compliance-problem.js';
import type { SignedList } from '../../../../../src/domain/report/compliance/reviewed.js';
import { complianceOf, factsOf, inventoryText, SIGNED, WHOLE } from '../../../../support/compliance-facts.js';

const pci = (signed: readonly SignedList[], inventory = inventoryText([])): ComplianceSnapshot => {
  const snapshot = complianceOf(factsOf({ framework: 'pci-dss-4.0.1', signed, inventory }));
  expect(complianceProblem(snapshot)).toBeNull();
  return snapshot;
};
const at = (day: string): Date => new Date(`${day}T09:00:00Z`);
/** Of control 1.2.7, which asks for a review every six months: how it stands, and of how many services it is shown. */
function shown({ controls }: ComplianceSnapshot): [string, number, number | null] {
  const { status, conditions } = controls.find(({ id }) => id === '1.2.7')!;
  const { count, of } = conditions.find(({ id }) => id === 'reviewed-in-184')!;
  return [status, count, of];
}

describe('a review', () => {
  it('that nobody signed did not happen, and one that is too old is none', () => {
    expect(shown(pci([]))).toEqual(['unproven', 0, 4]);
    expect(shown(pci([{ ...SIGNED, at: at('2026-05-27') }]))).toEqual(['unproven', 0, 4]);
    expect(shown(pci([{ ...SIGNED, at: at('2026-05-29') }]))).toEqual(['supported', 4, 4]);
  });

  it('of all that is declared open supports the control', () => {
    const snapshot = pci([SIGNED]);
    expect(shown(snapshot)).toEqual(['supported', 4, 4]);
    expect(snapshot.reviews.rows).toEqual([
      {
        ...{ at: '2026-11-20T09:00:00.000Z', by: 'Grace', of: 'shop', comment: null, report: '31' },
        ...{ listMadeAt: '2026-11-18T06:00:00.000Z', listed: 4, covers: 4 },
      },
    ]);
    expect(snapshot.services.rows.map(({ reviewedAt }) => reviewedAt)).toEqual(
      Array.from({ length: 4 }, () => '2026-11-20T09:00:00.000Z'),
    );
  });

  it('is in part where a service has no owner, and so nobody who could have signed', () => {
    expect(shown(pci([SIGNED], inventoryText([{ ...WHOLE, owner: false }])))).toEqual(['partly', 3, 4]);
  });

  it('is none of what was declared after the list, of another port, or under another name', () => {
    const without = (
      change: (one: NonNullable<SignedList['services']>[number]) => object | null,
    ): SignedList => ({
      ...SIGNED,
      services: SIGNED.services!.flatMap((one) =>
        one.host === 'db-1' ? ((change(one) ?? []) as typeof one) : one,
      ),
    });
    expect(shown(pci([without(() => null)]))).toEqual(['partly', 3, 4]);
    expect(shown(pci([without((one) => ({ ...one, ports: '5433' }))]))).toEqual(['partly', 3, 4]);
    expect(shown(pci([without((one) => ({ ...one, service: 'another' }))]))).toEqual(['partly', 3, 4]);
    expect(shown(pci([without((one) => ({ ...one, ports: '5000-6000' }))]))).toEqual(['supported', 4, 4]);
  });

  it('is none of what another owner answers for, and none where the list is gone', () => {
    expect(shown(pci([{ ...SIGNED, owner: 'mail' }]))).toEqual(['unproven', 0, 4]);
    const gone = pci([{ ...SIGNED, services: null }]);
    expect(shown(gone)).toEqual(['unproven', 0, 4]);
    expect(gone.reviews.rows).toMatchObject([{ listed: null, covers: 0 }]);
  });

  it('counts by the latest signature that a service stands under, and one more never makes less of it', () => {
    const part: SignedList = {
      ...SIGNED,
      report: '40',
      at: at('2026-11-25'),
      services: SIGNED.services!.slice(0, 1),
    };
    const snapshot = pci([SIGNED, part]);
    expect(shown(snapshot)).toEqual(['supported', 4, 4]);
    expect(snapshot.reviews.rows.map(({ report, covers }) => [report, covers])).toEqual([
      ['40', 1],
      ['31', 3],
    ]);
  });

  it('within the period is another question than within six months', () => {
    const nist = complianceOf(factsOf({ signed: [{ ...SIGNED, at: at('2026-07-01') }] }));
    expect(nist.tallies.reviews).toEqual({
      inPeriod: 0,
      inLast184: 1,
      services: { inPeriod: 0, inLast184: 4 },
    });
    expect(nist.controls.find(({ id }) => id === 'CM-7(1)')!.status).toBe('unproven');
  });

  it('is not counted in a report that was made before signatures were, and that still adds up', () => {
    const old = structuredClone(pci([])) as unknown as {
      tallies: { reviews: { services?: unknown } };
      services: { rows: Array<{ reviewedAt?: unknown }> };
      controls: Array<{ conditions: Array<{ id: string; of: number }> }>;
    };
    delete old.tallies.reviews.services;
    for (const row of old.services.rows) delete row.reviewedAt;
    for (const { conditions } of old.controls)
      for (const one of conditions) if (one.id === 'reviewed-in-184') one.of = 1;
    const read = Schema.parse(JSON.parse(JSON.stringify(old)));
    expect(complianceProblem(read)).toBeNull();
    expect(shown(read)).toEqual(['unproven', 0, 1]);
  });
});

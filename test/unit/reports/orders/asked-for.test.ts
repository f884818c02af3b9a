/* What can't be asked for is said before anybody waits for it; whose reports are whose; days by name; where an order stands. */
import { describe, expect, it } from 'vitest';
import { ReportParameters } from '../../../../src/domain/report/parameters.js';
import { whyNotAskedFor } from '../../../../src/reports/orders/asked-for.js';
import { type OrderFacts, orderState } from '../../../../src/reports/orders/order-state.js';
import { asTheyMay, sees } from '../../../../src/reports/orders/report-access.js';
import { AskForm, askFormView, askPath, parametersOf } from '../../../../src/reports/orders/report-form.js';
import { periodOf } from '../../../../src/reports/orders/report-period.js';
import { parametersLine, parametersSaid } from '../../../../src/reports/orders/report-words.js';
import { restsOn } from '../../../../src/reports/orders/rests-on.js';
import { driftSnapshot } from '../../../fixtures/report-snapshots.js';
import { askedFor } from '../../../support/asked-reports.js';

const TODAY = '2026-07-01';

describe('a report', () => {
  it('of a period, an owner and a scope can be asked for, and one of everything', () => {
    expect(whyNotAskedFor(askedFor(), TODAY)).toBeNull();
    const drift = askedFor({
      kind: 'drift',
      from: '2026-06-01',
      to: '2026-06-30',
      owner: 'shop',
      tags: ['pci'],
    });
    expect(whyNotAskedFor(drift, TODAY)).toBeNull();
    expect(whyNotAskedFor(askedFor({ kind: 'compliance', framework: 'pci-dss' }), TODAY)).toBeNull();
  });

  it.each([
    [{ from: '2026-06-30', to: '2026-06-01' }, /ends on 2026-06-01, before it begins on 2026-06-30/],
    [{ from: '2026-07-02' }, /still to come/],
    [{ from: '2006-07-02', to: '2026-06-30' }, /longer than ten years/],
    [{ kind: 'drift' as const }, /tells of a period, and none is given/],
    [{ framework: 'pci-dss' }, /a framework is of compliance reports alone/],
    [{ owner: 'sh\0op' }, /a character that is none/],
    [{ title: 'half a \ud83d' }, /a character that is none/],
    [{ tags: ['\udc00'] }, /a character that is none/],
  ])('with %j can’t be asked for', (some, why) => {
    expect(whyNotAskedFor(askedFor(some), TODAY)).toMatch(why);
  });

  it('of an odd but whole text can: it is text', () => {
    const odd = {
      title: '<script>alert(1)</script>',
      owner: '東京 \u202e🚢',
      audits: ["'; drop table report; --"],
    };
    expect(whyNotAskedFor(askedFor(odd), TODAY)).toBeNull();
  });
});

describe('an owner’s account', () => {
  const shop = { owners: ['shop'] };
  const both = { owners: ['shop', 'web'] };

  it('sees what is about its owners, and neither a run’s nor everybody’s', () => {
    expect(sees(shop, askedFor({ owner: 'shop' }))).toBe(true);
    expect(sees(shop, askedFor({ owner: 'ops' }))).toBe(false);
    expect(sees(shop, askedFor())).toBe(false);
    expect(sees(shop, null)).toBe(false);
    expect(sees({ owners: null }, null)).toBe(true);
  });

  it('asks for its own, need not say which where it has one, and can’t ask for another’s', () => {
    expect(asTheyMay(askedFor(), shop).owner).toBe('shop');
    expect(asTheyMay(askedFor({ owner: 'web' }), both).owner).toBe('web');
    expect(() => asTheyMay(askedFor({ owner: 'ops' }), both)).toThrow(/no owner 'ops' among yours/);
    expect(() => asTheyMay(askedFor(), both)).toThrow(/expected one of your owners: shop, web/);
    expect(() => asTheyMay(askedFor(), { owners: [] })).toThrow(/about no owner/);
    expect(asTheyMay(askedFor({ owner: 'ops' }), { owners: null }).owner).toBe('ops');
  });
});

describe('days by name', () => {
  const none = { from: null, to: null };
  it.each([
    ['2026-07-01', '2026-06-01', '2026-06-30', '2026-04-01', '2026-06-30'],
    ['2026-01-15', '2025-12-01', '2025-12-31', '2025-10-01', '2025-12-31'],
    ['2028-03-31', '2028-02-01', '2028-02-29', '2027-10-01', '2027-12-31'],
  ])('on %s are those of whole months and quarters that are over', (today, monthFrom, monthTo, from, to) => {
    expect(periodOf('last-month', none, today)).toEqual({ from: monthFrom, to: monthTo });
    expect(periodOf('last-quarter', none, today)).toEqual({ from, to });
  });

  it('are chosen by themselves, or there are none', () => {
    const days = { from: '2026-05-05', to: '2026-05-07' };
    expect(periodOf('days', days, TODAY)).toEqual(days);
    expect(periodOf('none', days, TODAY)).toEqual(none);
  });
});

describe('an order', () => {
  const now = new Date('2026-07-01T12:00:00Z');
  const waiting: OrderFacts = {
    ...{ leasedUntil: null, outcome: null, printedAt: null, letGoAt: null, isGivenUp: false },
  };
  it.each<[string, Partial<OrderFacts>]>([
    ['waiting', {}],
    ['waiting', { leasedUntil: new Date('2026-07-01T12:00:00Z') }],
    ['drawing', { leasedUntil: new Date('2026-07-01T12:00:01Z') }],
    ['printing', { outcome: 'made' }],
    ['unprinted', { outcome: 'made', isGivenUp: true }],
    ['ready', { outcome: 'made', printedAt: now }],
    ['let-go', { outcome: 'made', printedAt: now, letGoAt: now }],
    ['refused', { outcome: 'refused' }],
    ['failed', { outcome: 'failed', leasedUntil: new Date('2026-07-01T13:00:00Z') }],
  ])('is %s with %j', (state, some) => {
    expect(orderState({ ...waiting, ...some }, now)).toBe(state);
  });
});

describe('the form', () => {
  const filled = {
    ...{
      kind: 'drift',
      title: ' The shop ',
      audits: 'nightly',
      scope: '',
      owner: 'shop',
      tags: 'pci,  web, pci,',
    },
    ...{
      period: 'last-month',
      from: '',
      to: '',
      framework: 'pci-dss',
      language: 'de',
      paper: 'Letter',
      by: 'Ada',
    },
  };

  it('stands for parameters that the schema takes as they are', () => {
    const parameters = parametersOf(AskForm.parse(filled), TODAY);
    expect(ReportParameters.parse(parameters)).toEqual(parameters);
    expect(parameters).toEqual(
      askedFor({
        ...{ kind: 'drift', title: 'The shop', audits: ['nightly'], owner: 'shop', tags: ['pci', 'web'] },
        ...{ from: '2026-06-01', to: '2026-06-30', language: 'de', paper: 'Letter' },
      }),
    );
  });

  it.each([
    [{ kind: 'everything' }],
    [{ period: 'ever' }],
    [{ language: 'fr' }],
    [{ paper: 'A3' }],
    [{ from: '2026-02-30' }],
    [{ title: 'x'.repeat(201) }],
    [{ tags: ['a', 'b'] }],
    [{ by: ' ' }],
    [{ audits: Array.from({ length: 101 }, (_, at) => `a${at}`) }],
  ])('refuses %j', (some) => {
    expect(AskForm.safeParse({ ...filled, ...some }).success).toBe(false);
  });

  it('is filled in by an address that says the same again', () => {
    const parameters = askedFor({
      kind: 'drift',
      owner: 'shop',
      audits: ['a', 'b'],
      tags: ['x', 'y'],
      from: '2026-06-01',
    });
    const query = new URL(`http://here${askPath(parameters)}`).searchParams;
    const again = { ...Object.fromEntries(query), audits: query.getAll('audits') };
    const choices = {
      kinds: ['exposure', 'drift'] as const,
      audits: ['a', 'b', 'c'],
      scopes: [],
      owners: ['shop'],
      frameworks: [],
    };
    const view = askFormView(again, choices);
    expect(view.kinds.find(({ chosen }) => chosen)?.value).toBe('drift');
    expect(view.audits.map(({ chosen }) => chosen)).toEqual([true, true, false]);
    expect(view.owners).toEqual([{ value: 'shop', chosen: true }]);
    expect(parametersOf(AskForm.parse({ ...again, by: 'Ada' }), TODAY)).toEqual(parameters);
  });
});

describe('the words', () => {
  it('say of what was not narrowed down that it is all', () => {
    const said = parametersSaid(askedFor({ owner: 'shop' }));
    expect(said.find(({ label }) => label === 'Scope')).toMatchObject({ value: 'all', isAll: true });
    expect(said.find(({ label }) => label === 'Owner')).toMatchObject({ value: 'shop', isAll: false });
    expect(parametersLine(askedFor())).toBe('everything');
    expect(parametersLine(askedFor({ owner: 'shop', from: '2026-06-01', to: '2026-06-30' }))).toBe(
      '2026-06-01 to 2026-06-30; owner shop',
    );
  });
});

describe('what a report rests on', () => {
  const run = (id: number, verdict: string) => ({
    ...{ run: String(id), audit: 'nightly', verdict, vantage: 'local', snapshotSha256: null },
    startedAt: '2026-06-01T02:00:00Z',
    finishedAt: new Date(Date.UTC(2026, 5, 1, 2, id)).toISOString(),
    coverage: { expected: 1, probed: 1, answered: 1, unknown: 0 },
  });

  it('is the latest of its runs by name, and all of them by number', () => {
    const runs = Array.from({ length: 120 }, (_, at) => run(at + 1, at === 3 ? 'failed' : 'clean'));
    const inventory = { version: '1', path: 'a.yaml', sha256: 'f'.repeat(64) };
    const rests = restsOn({ format: 'portolan-drift/1', inventory, runs });
    expect(rests).toMatchObject({ total: 120, verdicts: { clean: 119, failed: 1 } });
    expect(rests.runs).toHaveLength(50);
    expect(rests.runs[0]!.run).toBe('120');
    expect(rests.inventory).toEqual({ path: 'a.yaml', sha256: 'f'.repeat(64) });
  });

  it('is the run itself for the snapshot of one, and nothing that is not said', () => {
    expect(restsOn(driftSnapshot)).toMatchObject({ total: 1, verdicts: { drift: 1 } });
    expect(restsOn({ format: 'another/1' })).toEqual({ inventory: null, total: 0, verdicts: {}, runs: [] });
  });
});

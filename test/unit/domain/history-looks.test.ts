/* What a run says of declared ports, and for how long a look of its audit may be believed. */
import { describe, expect, it } from 'vitest';
import { compareRun } from '../../../src/domain/compare-run.js';
import { looksOf, maxGapMsOf } from '../../../src/domain/history-looks.js';
import type { HostObserved } from '../../../src/domain/observation.js';
import { look, NOON, planOf, seen, TODAY } from '../../support/builders.js';

const WEB = '127.0.66.1';
const TEXT = `
owners: { ops: { name: Ops }, db: { name: Databases } }
vantages: [{ name: internet }]
hosts:
  - name: web
    address: ${WEB}
    owner: ops
    ports:
      - { port: 443, service: https, expect: open }
      - { port: 5432, owner: db, expect: closed }
      - { port: 9000, from: [internet], expect: open }
      - { ports: 20000-30000, expect: closed }
audits:
  - { name: all, hosts: all, ports: 1-65535 }
  - { name: few, hosts: all, ports: "443,8080" }
`;

function looks(host: HostObserved | null, audit = 'all') {
  const plan = planOf(TEXT, { audit });
  const observed = host ? look(host) : look();
  return looksOf(plan, compareRun(plan, observed, TODAY).verdicts, observed, NOON);
}
const brief = (host: HostObserved | null, audit?: string) =>
  looks(host, audit).map(({ port, state, observed }) => [port, state, observed]);

describe('a run says of a declared port', () => {
  it('whose it is, what was seen, and how long it took to connect', () => {
    const found = looks(seen(WEB, { open: '443', closed: '5432' }, new Map([[443, 1.5]])));
    const place = { address: WEB, vantage: 'local', host: 'web', at: NOON };
    expect(found.sort((a, b) => a.port - b.port)).toEqual([
      {
        ...place,
        port: 443,
        service: 'https',
        owner: 'ops',
        state: 'as-declared',
        observed: 'open',
        connectMs: 1.5,
      },
      {
        ...place,
        port: 5432,
        service: null,
        owner: 'db',
        state: 'as-declared',
        observed: 'closed',
        connectMs: null,
      },
    ]);
  });

  it('that it fails where it drifts, and that nothing is known where nothing was seen', () => {
    expect(brief(seen(WEB, { open: '5432', unknown: '443' }))).toEqual([
      [443, 'unknown', 'unknown'],
      [5432, 'failing', 'open'],
    ]);
    expect(brief(null)).toEqual([
      [443, 'unknown', 'unknown'],
      [5432, 'unknown', 'unknown'],
    ]);
  });

  it('that it fails on a host that is down, if it should answer; of the others nothing is known', () => {
    expect(brief(seen(WEB, { filtered: '1-65535' }))).toEqual([
      [443, 'failing', 'filtered'],
      [5432, 'unknown', 'filtered'],
    ]);
  });

  it('that nothing is known where everything says open', () => {
    expect(brief(seen(WEB, { open: '1-65535' })).map(([, state]) => state)).toEqual(['unknown', 'unknown']);
  });

  it('nothing where the audit does not look at it', () => {
    expect(brief(seen(WEB, { open: '443', closed: '8080' }), 'few')).toEqual([[443, 'as-declared', 'open']]);
  });
});

describe('a look may be believed for', () => {
  const gap = (schedule: string, at: string) => {
    const text = `
hosts: [{ name: web, address: ${WEB}, ports: [{ port: 443, expect: open }] }]
audits: [{ name: a, hosts: all, ports: declared${schedule} }]
`;
    return maxGapMsOf(planOf(text).audit, new Date(at)) / 3_600_000;
  };

  it.each([
    ['twice its interval', ', every: 15m', '2026-07-01T12:00Z', 0.5],
    ['two hours, hour by hour', ', schedule: "0 * * * *"', '2026-07-01T12:01Z', 2],
    ['two days, day by day', ', schedule: "30 2 * * *"', '2026-07-01T12:00Z', 48],
    ['twice the weekend after one', ', schedule: "0 2 * * 1-5"', '2026-07-06T02:01Z', 144],
    ['twice the weekend on one', ', schedule: "0 2 * * 1-5"', '2026-07-05T12:00Z', 144],
    ['twice the weekend where Monday was missed', ', schedule: "0 2 * * 1-5"', '2026-07-07T02:01Z', 144],
    ['two days amid a week', ', schedule: "0 2 * * 1-5"', '2026-07-02T02:01Z', 48],
    ['two days where it is run by hand', '', '2026-07-01T12:00Z', 48],
    ['eight years the day before one', ', schedule: "0 0 29 2 *"', '2028-02-28T12:00Z', 2 * 24 * 1461],
    ['eight years and some on leap days', ', schedule: "0 0 29 2 *"', '2026-07-01T12:00Z', 2 * 24 * 1461],
  ])('%s', (_name, schedule, at, hours) => expect(gap(schedule, at)).toBe(hours));
});

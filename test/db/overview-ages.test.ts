/*
 * The ages on the overview lead to the findings that they count: as many, and of that age and severity, to the moment.
 */
import { expect, it } from 'vitest';
import { ANYBODY_HERE } from '../../src/domain/access.js';
import { readFilter } from '../../src/findings/finding-filter.js';
import { FindingLists } from '../../src/findings/finding-lists.queries.js';
import { AccessRooms, START } from '../support/access-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';
import { offeredBy } from '../support/offered.js';
import { type PastFinding, writeFindings } from '../support/past.js';

const INVENTORY = `version: 1
hosts: [{ name: web-1, address: 127.0.66.9, ports: [{ port: 443, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared }]
`;
const DAY_MS = 86_400_000;
/** At each end of an age, and one moment before it. */
const AGES_MS = [
  0,
  1,
  DAY_MS - 1,
  DAY_MS,
  7 * DAY_MS - 1,
  7 * DAY_MS,
  30 * DAY_MS - 1,
  30 * DAY_MS,
  400 * DAY_MS,
];

describeOnBothDatabases('the overview', (kind) => {
  const on = new AccessRooms(kind);

  it('leads from each age to the findings that it counts', async () => {
    const ada = await on.administrator();
    await on.rooms.load(INVENTORY);
    const states = ['open', 'acknowledged', 'suspected', 'accepted'];
    const planted = AGES_MS.flatMap((ageMs, at) =>
      states.map(
        (state, which): PastFinding => ({
          ...{ kind: 'unexpected-open', host: 'web-1', address: '127.0.66.9', owner: null, state },
          ...{ port: 1000 + 10 * at + which, severity: at % 2 === 0 ? 'high' : 'low' },
          openedAt: new Date(new Date(START).getTime() - ageMs),
          ...(state === 'accepted' ? { acceptedUntil: '2026-09-01' } : {}),
        }),
      ),
    );
    await writeFindings((sql, parameters) => on.rooms.query(sql, parameters), planted);
    const { html } = await ada.get('/');
    const aged = offeredBy(html, '/').links.filter((link) => link.includes('openFor='));
    const counted = Array.from(
      html.matchAll(/openFor&#x3D;\w+">(\d+)<\/a>|openFor=\w+">(\d+)<\/a>/g),
      ([, one, other]) => Number(one ?? other),
    );
    expect(aged).toHaveLength(8);
    expect(counted.reduce((all, count) => all + count, 0)).toBe(2 * AGES_MS.length);
    for (const [at, link] of aged.entries()) {
      const query = Object.fromEntries(new URLSearchParams(link.split('?')[1]));
      const { filter, order } = readFilter(query, ANYBODY_HERE);
      const page = await on.rooms.app.get(FindingLists).page(filter, { offset: 0, limit: 100, order });
      expect([link, page.total]).toEqual([link, counted[at]]);
      expect(
        page.findings.every(({ severity, state }) => severity === query.severity && /open|ack/.test(state)),
      ).toBe(true);
      expect((await ada.get(link)).html).toContain(`<b>${counted[at]}</b>`);
    }
  });
});

/*
 * What people do with the lists of findings, over HTTP and without a script: filter, act on many at once, take them away as a
 * file, renew and end exceptions. An owner's account sees and moves its own, and nothing else is there.
 */
import { beforeEach, expect, it } from 'vitest';
import { AccessRooms, PASSWORD } from '../support/access-rooms.js';
import { describeOnPostgresql } from '../support/databases.js';
import { manyFindings, plantFindings } from '../support/planted-findings.js';
import type { Visitor } from '../support/visitor.js';

const HOSTILE = '=cmd|<img src=x onerror=alert(1)>"';
const INVENTORY = `version: 1
owners: { shop: { name: Shop }, dba: { name: DBA } }
hosts:
  - { name: web-1, address: 127.0.61.1, owner: shop, tags: [pci], ports: [{ port: 1, expect: open }] }
  - { name: db-1, address: 127.0.61.2, owner: dba, ports: [{ port: 1, expect: open }] }
exceptions:
  - { host: web-1, ports: [7], reason: "A test", approvedBy: CISO, expires: 2026-07-20 }
  - { host: db-1, ports: [8], reason: "Another", approvedBy: CISO, expires: 2027-07-01 }
  - { host: db-1, ports: [9], reason: "Is over", approvedBy: CISO, expires: 2026-06-01 }
audits: [{ name: watch, hosts: all, ports: declared }]
`;

const idsIn = (html: string): string[] =>
  Array.from(html.matchAll(/name="ids" value="(\d+)"/g), ([, id]) => id!);
const onceIn = (html: string): string => /name="once" value="([^"]+)"/.exec(html)![1]!;
const jsonOf = ({ html }: { html: string }) => JSON.parse(html);

describeOnPostgresql('the findings', (kind) => {
  const on = new AccessRooms(kind);
  let ada: Visitor;
  let shop: string[];
  let dba: string[];

  beforeEach(async () => {
    await on.rooms.load(INVENTORY);
    ada = await on.administrator();
    shop = await plantFindings(on.rooms, manyFindings(60));
    dba = await plantFindings(on.rooms, [
      {
        ...{ host: 'db-1', address: '127.0.61.2', port: 5432, owner: 'dba', severity: 'high', state: 'open' },
        ...{ vantage: 'far', assignee: 'Grace', service: HOSTILE, firstSeen: '2026-06-20T00:00:00Z' },
      },
      { host: 'db-1', address: '127.0.61.2', port: 22, owner: null, severity: 'low', state: 'acknowledged' },
    ]);
  });

  const owner = async (): Promise<Visitor> => {
    await on.account('sam', 'owner', ['shop']);
    const sam = on.visitor();
    await sam.signIn('sam', PASSWORD);
    return sam;
  };
  const stepsOf = (id: string) =>
    on.rooms.query('select to_state, actor, why from finding_event where finding_id = $1 order by id', [id]);

  it('are filtered by everything, and what can’t be read is refused with what would be', async () => {
    const chosen = async (query: string): Promise<string[]> =>
      jsonOf(await ada.json('GET', `/api/v1/findings?state=all&${query}`)).findings.map(
        (one: { id: string }) => one.id,
      );
    expect(await chosen('tag=pci&limit=500')).toHaveLength(60);
    expect(await chosen('tag=none')).toEqual([]);
    expect(await chosen('vantage=far')).toEqual([dba[0]]);
    expect(await chosen('port=5000-6000,22')).toEqual(dba);
    expect(await chosen('assignee=Grace')).toEqual([dba[0]]);
    expect(await chosen('assignee=nobody+named&host=db-1')).toEqual([dba[1]]);
    expect(await chosen('firstFrom=2026-06-20&firstUntil=2026-06-20')).toEqual([dba[0]]);
    expect(await chosen('lastUntil=2026-06-19&port=22')).toEqual([dba[1]]);
    expect(await chosen('age=30&port=22')).toEqual([dba[1]]);
    expect(await chosen('age=31')).toEqual([]);
    expect(await chosen('dueUntil=2026-06-08&limit=500')).toHaveLength(15);
    expect(await chosen('audit=watch')).toEqual([]);
    for (const [query, says] of [
      ['port=x', 'port must be ports as 22'],
      ['age=-1', 'age must be a number of days'],
      ['firstFrom=2026-02-30', 'firstFrom must be a day'],
      ['sort=colour', 'sort must be one of severity, due, newest, host'],
      ['after=x', 'no place in this list'],
      ['limit=0', 'limit'],
    ] as const) {
      const answer = await ada.json('GET', `/api/v1/findings?${query}`);
      expect([answer.status, answer.html]).toEqual([400, expect.stringContaining(says)]);
    }
  });

  it.each(['severity', 'due', 'newest', 'host'])(
    'come by %s from program page to program page, without a gap or a repeat',
    async (sort) => {
      for (const filter of ['state=all', 'state=all&q=127']) {
        const whole = jsonOf(await ada.json('GET', `/api/v1/findings?${filter}&sort=${sort}&limit=500`));
        expect([whole.total, whole.findings.length, whole.next]).toEqual([62, 62, null]);
        const parts: unknown[] = [];
        let after = '';
        do {
          const answer = await ada.json('GET', `/api/v1/findings?${filter}&sort=${sort}&limit=25${after}`);
          const part = jsonOf(answer);
          parts.push(...part.findings);
          after = part.next === null ? '' : `&after=${part.next}`;
        } while (after !== '');
        expect(parts).toEqual(whole.findings);
      }
    },
  );

  it('that are ticked are acted on together, and those that may not be are left with the reason', async () => {
    const { html } = await ada.get('/findings');
    expect(idsIn(html)).toHaveLength(50);
    const fields = { do: 'acknowledge', why: 'on it', ids: [shop[0]!, dba[1]!], once: onceIn(html) };
    const sent = await ada.post('/findings/act', fields);
    expect(sent.status).toBe(303);
    const outcome = await ada.get(sent.headers.get('location')!);
    expect(outcome.html).toContain('1 finding acknowledged, 1 left as it was');
    expect(outcome.html).toContain('a finding that is acknowledged can&#x27;t be acknowledged');
    expect(outcome.html).toContain(`/findings/${dba[1]}`);
    expect((await stepsOf(shop[0]!)).at(-1)).toEqual({
      ...{ to_state: 'acknowledged', actor: 'Ada Lovelace', why: 'on it' },
    });
    const none = await ada.post('/findings/act', { do: 'acknowledge', why: 'on it', once: onceIn(html) });
    expect([none.status, none.html]).toEqual([400, expect.stringContaining('Nothing is ticked')]);
  });

  it('that match are acted on all at once, and a form that is sent twice does it once', async () => {
    const { html } = await ada.get('/findings?host=web-1');
    const fields = { do: 'comment', why: 'seen by us', all: 'yes', once: onceIn(html) };
    const [first, second] = await Promise.all([
      ada.post('/findings/act?host=web-1', fields),
      ada.post('/findings/act?host=web-1', fields),
    ]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect((await ada.get(first.headers.get('location')!)).html).toContain('60 findings noted');
    const [{ comments }] = (await on.rooms.query(
      `select count(*)::int as comments from finding_event where why = 'seen by us'`,
    )) as [{ comments: number }];
    expect(comments).toBe(60);
    // Who comes back to the same form for something else gets it done.
    await ada.post('/findings/act?host=web-1', { ...fields, why: 'another word' });
    expect((await stepsOf(shop[0]!)).at(-1)!.why).toBe('another word');
  });

  it('are each commented once by a form that is sent twice', async () => {
    const once = onceIn((await ada.get(`/findings/${shop[0]}`)).html);
    const fields = { do: 'comment', text: 'once', once };
    for (const answer of [
      await ada.post(`/findings/${shop[0]}/act`, fields),
      await ada.post(`/findings/${shop[0]}/act`, fields),
    ])
      expect(answer.headers.get('location')).toBe(`/findings/${shop[0]}`);
    expect((await stepsOf(shop[0]!)).map(({ why }) => why)).toEqual(['first sight', 'once']);
  });

  it('are, to an owner, their own: others are not seen, not moved, not taken away, and nobody else’s deed is shown', async () => {
    const done = await ada.post('/findings/act', { do: 'comment', why: 'x', ids: dba[0]! });
    const sam = await owner();
    expect(jsonOf(await sam.json('GET', '/api/v1/findings')).total).toBe(60);
    for (const path of [`/findings/${dba[0]}`, `/api/v1/findings/${dba[0]}`, done.headers.get('location')!])
      expect((await sam.get(path)).status).toBe(404);
    const sent = await sam.post('/findings/act', { do: 'comment', why: 'mine?', ids: [shop[0]!, ...dba] });
    expect((await sam.get(sent.headers.get('location')!)).html).toContain('1 finding noted');
    expect((await stepsOf(dba[0]!)).map(({ why }) => why)).not.toContain('mine?');
    const { html } = await sam.get('/api/v1/findings/export?format=csv&state=all');
    expect(html.trim().split('\r\n')).toHaveLength(61);
    expect(html).not.toContain('db-1');
    expect((await sam.get('/alerts')).status).toBe(403);
    expect(jsonOf(await sam.json('GET', `/api/v1/findings/${shop[0]}`)).deliveries).toBeNull();
  });

  it('are taken away as a file that no spreadsheet runs, and as JSON, all that the filter chooses', async () => {
    const csv = await ada.get('/api/v1/findings/export?format=csv&state=all&sort=host');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="portolan-findings.csv"');
    const lines = csv.html.trim().split('\r\n');
    expect(lines).toHaveLength(63);
    expect(lines[0]).toMatch(/^id,severity,kind,host,/);
    expect(lines[2]).toContain(`"'${HOSTILE.replaceAll('"', '""')}"`);
    const { findings } = jsonOf(await ada.get('/api/v1/findings/export?format=json&state=all&host=db-1'));
    expect(findings.map(({ id }: { id: string }) => id)).toEqual(dba);
    expect(findings[0]).toMatchObject({ service: HOSTILE, dueAt: '2026-07-20T00:00:00.000Z' });
    expect(jsonOf(await ada.get('/api/v1/findings/export?format=json&q=nowhere'))).toEqual({ findings: [] });
    expect((await ada.get('/api/v1/findings/export?format=xlsx')).status).toBe(400);
  });

  it('carry their last step as ETag, and who has not seen it is told to look again', async () => {
    const path = `/api/v1/findings/${shop[0]}`;
    const etag = (await ada.json('GET', path)).headers.get('etag')!;
    const ask = (match: string) =>
      ada.json('POST', `${path}/actions`, { do: 'comment', text: 'x' }, { 'if-match': match });
    expect((await ask(etag)).status).toBe(200);
    expect((await ask(etag)).status).toBe(412);
    expect((await ask('nonsense')).status).toBe(412);
    expect((await ask('*')).status).toBe(200);
    expect(jsonOf(await ada.json('GET', path)).steps.map(({ why }: { why: string }) => why)).toEqual([
      ...['x', 'x', 'first sight'],
    ]);
  });

  it('that are accepted stand in the register, where they are renewed and ended', async () => {
    const accept = { do: 'accept', requestedBy: 'Sam', until: '2026-07-15', why: 'moves' };
    await ada.json('POST', `/api/v1/findings/${shop[0]}/actions`, accept);
    await ada.json('POST', `/api/v1/findings/${dba[0]}/actions`, { ...accept, until: '2026-12-31' });
    const register = async (query = '') => jsonOf(await ada.json('GET', `/api/v1/exceptions${query}`));
    const whole = await register();
    expect(whole.accepted.map(({ id, standing }: Record<string, string>) => [id, standing])).toEqual([
      [shop[0], 'soon'],
      [dba[0], 'holds'],
    ]);
    expect(whole.accepted[0]).toMatchObject({
      ...{ approvedBy: 'Ada Lovelace', by: 'Ada Lovelace', since: '2026-07-01T12:00:00.000Z' },
      why: 'accepted by Ada Lovelace until 2026-07-15, as Sam asked: moves',
    });
    expect(whole.declared.map(({ ports, standing }: Record<string, string>) => [ports, standing])).toEqual([
      ['9', 'ended'],
      ['7', 'soon'],
      ['8', 'idle'],
    ]);
    expect((await register('?standing=soon')).accepted).toHaveLength(1);
    const renewed = await ada.post(`/exceptions/${shop[0]}/renew`, {
      ...{ requestedBy: 'Sam', until: '2027-01-31', why: 'later' },
    });
    expect([renewed.status, renewed.headers.get('location')]).toEqual([303, '/exceptions']);
    expect((await register()).accepted.map(({ until }: { until: string }) => until)).toEqual([
      '2026-12-31',
      '2027-01-31',
    ]);
    await ada.post(`/exceptions/${dba[0]}/end`, { why: 'no more' });
    expect(await register()).toMatchObject({
      counts: { accepted: 1 },
      ended: [{ id: dba[0], why: 'no more', to: 'open' }],
    });
    expect((await ada.post(`/exceptions/${dba[0]}/end`, { why: 'again' })).status).toBe(404);
    const sam = await owner();
    const theirs = jsonOf(await sam.json('GET', '/api/v1/exceptions'));
    expect([theirs.accepted.length, theirs.declared.length, theirs.ended]).toEqual([1, 1, []]);
    expect((await sam.post(`/exceptions/${dba[0]}/end`, { why: 'mine?' })).status).toBe(404);
    const { html } = await ada.get('/exceptions');
    expect(html).toContain('covers nothing');
    expect(html).not.toContain('undefined');
  });
});

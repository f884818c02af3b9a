/*
 * What the API promises whoever asks: what comes with a key is done once, nothing is changed unseen, nothing is sent twice that is
 * known, and a list goes on to its end.
 */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { AccessRooms } from '../support/access-rooms.js';
import { databases } from '../support/databases.js';
import type { Answer, Visitor } from '../support/visitor.js';

const json = ({ html }: Answer) => JSON.parse(html) as Record<string, never>;
const SILENCE = { match: { hosts: ['web-1'] }, for: '2h', why: 'a new disk' };

describe.each(databases)('on $name', (kind) => {
  const here = new AccessRooms(kind);
  let ada: Visitor;
  beforeEach(async () => {
    ada = await here.administrator();
  });
  const silences = async () =>
    Number((await here.rooms.query('select count(*) from alert_silence'))[0]!.count);
  const begin = (key: string, body: object = SILENCE, who = ada) =>
    who.json('POST', '/api/v1/silences', body, { 'idempotency-key': key });

  describe('with an Idempotency-Key', () => {
    it('the same request is done once, and answered as before', async () => {
      const key = randomUUID();
      const first = await begin(key);
      const again = await begin(`"${key}"`);
      expect([first.status, again.status]).toEqual([201, 201]);
      expect(json(again)).toEqual(json(first));
      expect(await silences()).toBe(1);
      expect((await here.logged()).filter((line) => line.includes('/silences'))).toHaveLength(1);
    });

    it('ten at once are done once', async () => {
      const key = randomUUID();
      const all = await Promise.all(Array.from({ length: 10 }, () => begin(key)));
      const statuses = new Set(all.map(({ status }) => status));
      expect([...statuses].filter((one) => one !== 201 && one !== 409)).toEqual([]);
      expect(statuses).toContain(201);
      expect(await silences()).toBe(1);
    });

    it('another request is refused', async () => {
      const key = randomUUID();
      await begin(key);
      const other = await begin(key, { ...SILENCE, why: 'another disk' });
      expect(other.status).toBe(422);
      expect(json(other)).toMatchObject({ type: '/api#problem-key-reused' });
      expect(await silences()).toBe(1);
    });

    it('somebody else’s is theirs', async () => {
      await here.account('bob', 'operator');
      const bob = here.visitor();
      await bob.signIn('bob', 'ships in the night, lights ashore');
      const key = randomUUID();
      expect((await begin(key)).status).toBe(201);
      expect((await begin(key, SILENCE, bob)).status).toBe(201);
      expect(await silences()).toBe(2);
    });

    it('what was refused may be asked again', async () => {
      const key = randomUUID();
      expect((await begin(key, { ...SILENCE, for: 'soon' })).status).toBe(400);
      expect((await begin(key)).status).toBe(201);
    });

    it('is forgotten after a day', async () => {
      const key = randomUUID();
      await begin(key);
      here.clock.pass(24 * 3_600_000 + 1);
      ada = await again();
      expect((await begin(key, { ...SILENCE, why: 'another disk' })).status).toBe(201);
      expect(await here.rooms.query('select 1 from idempotent_write')).toHaveLength(1);
    });
    const again = async (): Promise<Visitor> => {
      const visitor = here.visitor();
      await visitor.signIn('ada', 'ships in the night, lights ashore');
      return visitor;
    };

    it('nobody knows how it ended where its process died', async () => {
      const key = randomUUID();
      await begin(key);
      await here.rooms.query('update idempotent_write set ended_at = null, answer = null');
      expect(json(await begin(key))).toMatchObject({
        status: 409,
        detail: expect.stringContaining('under way'),
      });
      here.clock.pass(600_000);
      expect(json(await begin(key))).toMatchObject({
        status: 409,
        detail: expect.stringContaining('nobody knows how it ended'),
      });
      expect(await silences()).toBe(1);
    });

    it('what is shown once is made once, and kept nowhere', async () => {
      const key = randomUUID();
      const wanted = { name: 'ci', days: 9, scopes: [] };
      const made = await ada.json('POST', '/api/v1/tokens', wanted, { 'idempotency-key': key });
      const { token } = json(made) as unknown as { token: string };
      const asked = await ada.json('POST', '/api/v1/tokens', wanted, { 'idempotency-key': key });
      expect([made.status, asked.status]).toEqual([201, 409]);
      expect(asked.html).not.toContain(token);
      expect(JSON.stringify(await here.rooms.query('select * from idempotent_write'))).not.toContain(token);
      expect(await here.rooms.query('select 1 from api_token')).toHaveLength(1);
    });

    it('neither the key nor a secret that was set is kept', async () => {
      const key = randomUUID();
      const set = () =>
        ada.json('PUT', '/api/v1/secrets/pager', { value: 'hunter2hunter2' }, { 'idempotency-key': key });
      expect([(await set()).status, (await set()).status]).toEqual([200, 200]);
      const kept = JSON.stringify(await here.rooms.query('select * from idempotent_write'));
      expect(kept).not.toContain('hunter2');
      expect(kept).not.toContain(key);
    });

    it.each(['short', 'x'.repeat(256), 'with a space in it all', '"unended-quote-of-a-key'.repeat(20)])(
      'one that can’t be used is refused: %s',
      async (key) => {
        expect((await begin(key)).status).toBe(400);
        expect(await silences()).toBe(0);
      },
    );
  });

  describe('an account', () => {
    const change = (id: string, body: object, headers: Record<string, string> = {}) =>
      ada.json('PATCH', `/api/v1/accounts/${id}`, body, headers);

    it('has an ETag that grows with each change, and is not changed unseen', async () => {
      const id = await here.account('bob', 'viewer');
      const before = await ada.json('GET', `/api/v1/accounts/${id}`);
      const tag = before.headers.get('etag')!;
      expect(tag).toMatch(/^"\d+"$/);
      const changed = await change(id, { name: 'Bob B.' }, { 'if-match': tag });
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).not.toBe(tag);
      const stale = await change(id, { name: 'Bob C.' }, { 'if-match': tag });
      expect(stale.status).toBe(412);
      expect(json(stale)).toMatchObject({ type: '/api#problem-stale' });
      expect((await change(id, { name: 'Bob D.' }, { 'if-match': '*' })).status).toBe(200);
      expect((await change(id, { name: 'Bob E.' }, { 'if-match': `"0", W/${tag}` })).status).toBe(412);
      expect((await change(id, { name: 'Bob F.' }, { 'if-match': 'nonsense' })).status).toBe(412);
    });

    it('that is known already is not sent again', async () => {
      const id = await here.account('bob', 'viewer');
      const path = `/api/v1/accounts/${id}`;
      const tag = (await ada.json('GET', path)).headers.get('etag')!;
      const same = await ada.json('GET', path, undefined, { 'if-none-match': `"other", ${tag}` });
      expect([same.status, same.html]).toEqual([304, '']);
      await change(id, { name: 'Bob B.' });
      expect((await ada.json('GET', path, undefined, { 'if-none-match': tag })).status).toBe(200);
    });
  });

  it('a list that is known already is not sent again, until something in it has changed', async () => {
    const first = await ada.json('GET', '/api/v1/silences');
    const tag = first.headers.get('etag')!;
    expect(tag).toMatch(/^W\/"/);
    const same = await ada.json('GET', '/api/v1/silences', undefined, { 'if-none-match': tag });
    expect([same.status, same.html]).toEqual([304, '']);
    expect(same.headers.get('etag')).toBe(tag);
    await begin(randomUUID());
    expect((await ada.json('GET', '/api/v1/silences', undefined, { 'if-none-match': tag })).status).toBe(200);
  });

  it('the audit log goes on by cursor to its end, each entry once', async () => {
    await here.rooms.query(
      `insert into audit_log (at, actor, action, outcome) select now(), 'Ada', 'n' || n, 'done' from generate_series(1, 450) n`,
    );
    const seen: string[] = [];
    let path: string | null = '/api/v1/audit-log';
    while (path !== null) {
      const answer: Answer = await ada.json('GET', path);
      expect(answer.status).toBe(200);
      const { entries, next } = JSON.parse(answer.html) as {
        entries: Array<{ id: string }>;
        next: string | null;
      };
      seen.push(...entries.map(({ id }) => id));
      path = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1] ?? null;
      expect(path === null).toBe(next === null);
    }
    const all = await here.rooms.query('select id::text from audit_log order by audit_log.id desc');
    expect(seen).toEqual(all.map(({ id }) => id));
    const bent = await ada.json('GET', '/api/v1/audit-log?after=AAAAAAAAAAAAAAAAAAAA');
    expect([bent.status, json(bent).type]).toEqual([400, '/api#problem-bad-input']);
  });
});

/*
 * What two people may change at once (RFC 9110, §13): whoever has seen something older is told what it is now, and changes nothing. Of two
 * at the same moment, one has seen what the other has not.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { AccessRooms } from '../support/access-rooms.js';
import { databases } from '../support/databases.js';
import { plantFindings } from '../support/planted-findings.js';
import type { Answer, Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
hosts: [{ name: web-1, address: 127.0.66.9, ports: [{ port: 443, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: declared, schedule: "0 2 * * *" }]
`;
const json = ({ html }: Answer) => JSON.parse(html) as Record<string, unknown>;
const STRANGE = ['"nonsense"', 'nonsense', '""', 'W/"1"', '"1"', '"'.repeat(50)];

describe.each(databases)('on $name', (kind) => {
  const here = new AccessRooms(kind);
  let ada: Visitor;
  beforeEach(async () => {
    ada = await here.administrator();
    await here.rooms.load(INVENTORY);
  });
  const ask = (method: string, path: string, body?: object, match?: string, name = 'if-match') =>
    ada.json(method, `/api/v1/${path}`, body, match === undefined ? {} : { [name]: match });
  const read = async (path: string): Promise<{ tag: string; state: Record<string, unknown> }> => {
    const answer = await ask('GET', path);
    expect([answer.status, answer.headers.get('etag')]).toEqual([200, expect.stringMatching(/^"[^"]+"$/)]);
    return { tag: answer.headers.get('etag')!, state: json(answer) };
  };
  /** It is what reading it says, with the same tag. */
  async function checkStale(answer: Answer, path: string): Promise<void> {
    const { tag, state } = await read(path);
    expect([answer.status, json(answer)]).toEqual([
      412,
      expect.objectContaining({ type: '/api#problem-stale', status: 412, present: state }),
    ]);
    expect(answer.headers.get('etag')).toBe(tag);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  }

  describe('a silence', () => {
    const begin = async (): Promise<string> =>
      `silences/${json(await ask('POST', 'silences', { match: { hosts: ['web-1'] }, for: '2h', why: 'a disk' })).id}`;

    it('is ended by whoever has seen it as it is, and by nobody else', async () => {
      const path = await begin();
      const { tag } = await read(path);
      for (const other of STRANGE) await checkStale(await ask('DELETE', path, {}, other), path);
      const ended = await ask('DELETE', path, {}, tag);
      expect([ended.status, ended.headers.get('etag')]).toEqual([200, (await read(path)).tag]);
      expect(json(ended)).toMatchObject({ endedBy: 'Ada Lovelace' });
      await checkStale(await ask('DELETE', path, {}, tag), path);
      expect((await ask('DELETE', path, {}, '*')).status).toBe(409);
    });

    it('is ended once by ten at the same moment', async () => {
      const path = await begin();
      const { tag } = await read(path);
      const all = await Promise.all(Array.from({ length: 10 }, () => ask('DELETE', path, {}, tag)));
      expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
    });

    it('that is not there is not to be found', async () => {
      for (const id of ['999999', '0', 'x', '-1', '9'.repeat(40)])
        expect([
          (await ask('GET', `silences/${id}`)).status,
          (await ask('DELETE', `silences/${id}`, {}, '*')).status,
        ]).toEqual([404, 404]);
    });
  });

  describe('a secret', () => {
    const path = 'secrets/pager';
    const set = (value: string, match?: string, name?: string) => ask('PUT', path, { value }, match, name);

    it('is changed by whoever has seen it as it is, also where two are set at the same moment', async () => {
      const first = await set('the first of all');
      const { tag, state } = await read(path);
      expect(first.headers.get('etag')).toBe(tag);
      expect(state).toEqual({
        ...{ name: 'pager', changedAt: '2026-07-01T12:00:00.000Z', changedBy: 'Ada Lovelace' },
        ...{ isOverridden: false, isReadable: true },
      });
      // The clock stands still, and the same person sets it: it is another one all the same.
      expect((await set('the second of all', tag)).status).toBe(200);
      const stale = await set('the third of all', tag);
      await checkStale(stale, path);
      for (const value of ['first', 'second', 'third']) expect(stale.html).not.toContain(`${value} of all`);
      await checkStale(await ask('DELETE', path, {}, tag), path);
      expect((await ask('DELETE', path, {}, (await read(path)).tag)).status).toBe(200);
      expect((await ask('GET', path)).status).toBe(404);
    });

    it('is made only where there is none, for whoever wants that', async () => {
      expect((await set('the first of all', '*', 'if-none-match')).status).toBe(200);
      await checkStale(await set('the second of all', '*', 'if-none-match'), path);
      const { tag } = await read(path);
      await checkStale(await set('the second of all', `"x", ${tag}`, 'if-none-match'), path);
      expect((await set('the second of all', '"x"', 'if-none-match')).status).toBe(200);
    });

    it('that is gone is not changed, whatever was seen of it', async () => {
      const gone = await set('the first of all', '*');
      expect([gone.status, json(gone).present]).toEqual([412, undefined]);
      expect((await ask('GET', path)).status).toBe(404);
    });
  });

  describe('an audit', () => {
    const path = 'audits/nightly/pause';
    beforeEach(async () => {
      await here.rooms.scheduler.workOnce();
    });

    it('is paused and resumed by whoever has seen whether it is', async () => {
      const { tag: going, state } = await read(path);
      expect(state).toEqual({ paused: null });
      const paused = await ask('POST', path, { why: 'the network moves' }, going);
      const { tag } = await read(path);
      expect([paused.status, paused.headers.get('etag')]).toEqual([200, tag]);
      await checkStale(await ask('POST', path, { why: 'another reason' }, going), path);
      for (const other of [going, ...STRANGE])
        await checkStale(await ask('POST', 'audits/nightly/resume', undefined, other), path);
      expect((await read(path)).state).toMatchObject({
        paused: { by: 'Ada Lovelace', why: 'the network moves' },
      });
      const resumed = await ask('POST', 'audits/nightly/resume', undefined, tag);
      expect([resumed.status, resumed.headers.get('etag')]).toEqual([200, going]);
    });

    it('that does not run by itself has no pause', async () => {
      for (const name of ['nobody', '%2e%2e', '__proto__'])
        expect([name, (await ask('GET', `audits/${name}/pause`)).status]).toEqual([name, 404]);
    });
  });

  it('a token is ended by whoever has seen it as it is', async () => {
    const made = json(await ask('POST', 'tokens', { name: 'ci', days: 9, scopes: ['findings.read'] }));
    const path = `tokens/${made.id}`;
    const { tag, state } = await read(path);
    expect(state).toMatchObject({ name: 'ci', scopes: ['findings.read'], usedAt: null });
    expect(json(await ask('GET', 'tokens'))).toEqual({ tokens: [state] });
    expect(JSON.stringify(state)).not.toContain(made.token);
    const bearer = { authorization: `Bearer ${String(made.token)}` };
    expect((await here.visitor().json('GET', '/api/v1/findings', undefined, bearer)).status).toBe(200);
    // Somebody uses it: that was not known.
    await checkStale(await ask('DELETE', path, undefined, tag), path);
    expect((await ask('DELETE', path, undefined, (await read(path)).tag)).status).toBe(204);
    expect([(await ask('GET', path)).status, (await ask('DELETE', path)).status]).toEqual([404, 404]);
  });

  it('a token is nobody else’s to see or to end', async () => {
    const made = json(await ask('POST', 'tokens', { name: 'ci', days: 9, scopes: [] }));
    await here.account('bob', 'operator');
    const bob = here.visitor();
    await bob.signIn('bob', 'ships in the night, lights ashore');
    for (const method of ['GET', 'DELETE'])
      expect((await bob.json(method, `/api/v1/tokens/${made.id}`)).status).toBe(404);
    expect(json(await bob.json('GET', '/api/v1/tokens'))).toEqual({ tokens: [] });
  });

  it('an account and a finding are told as they are now, too', async () => {
    const id = await here.account('bob', 'viewer');
    const { tag } = await read(`accounts/${id}`);
    await ask('PATCH', `accounts/${id}`, { name: 'Bob B.' });
    await checkStale(await ask('PATCH', `accounts/${id}`, { name: 'Bob C.' }, tag), `accounts/${id}`);
    const [finding] = await plantFindings(here.rooms, [
      { host: 'web-1', address: '127.0.66.9', port: 80, owner: null, severity: 'high', state: 'open' },
    ]);
    const path = `findings/${finding}`;
    const seen = await read(path);
    const act = (why: string) => ask('POST', `${path}/actions`, { do: 'comment', text: why }, seen.tag);
    expect((await act('first')).status).toBe(200);
    await checkStale(await act('second'), path);
  });
});

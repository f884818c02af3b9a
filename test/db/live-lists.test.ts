/*
 * The streams of the lists of audits and runs: what has moved is sent, drawn for whoever reads it, and nothing to whom it is not for.
 */
import { beforeEach, expect, it } from 'vitest';
import { AccessRooms, PASSWORD } from '../support/access-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';
import type { Visitor } from '../support/visitor.js';

const INVENTORY = `version: 1
owners: { shop: { name: Shop } }
hosts: [{ name: web-1, address: 127.0.66.9, owner: shop, ports: [{ port: 443, expect: open }] }]
audits: [{ name: "a&b", hosts: all, ports: declared }, { name: other, hosts: all, ports: declared }]
`;
const PATIENCE_MS = 20_000;

describeOnBothDatabases('a stream', (kind) => {
  const on = new AccessRooms(kind);
  let ada: Visitor;
  beforeEach(async () => {
    ada = await on.administrator();
    await on.rooms.load(INVENTORY);
  });

  async function reading(who: Visitor, path: string) {
    const leave = new AbortController();
    const cookie = `portolan=${who.cookie('portolan')}`;
    const answer = await fetch(on.url + path, {
      headers: { cookie, accept: 'text/event-stream' },
      signal: AbortSignal.any([leave.signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    return {
      status: answer.status,
      leave: () => leave.abort(),
      /** Reads on until it has been said. */
      async until(said: string): Promise<string> {
        while (!text.includes(said)) {
          const { done, value } = await reader!.read();
          if (done) throw new Error(`the stream ended without ${said}: ${text}`);
          text += value;
        }
        return text;
      },
    };
  }
  const begin = async (audit: string): Promise<string> => on.rooms.scheduler.runNow(audit);
  const bob = async (role: 'viewer' | 'owner'): Promise<Visitor> => {
    await on.account('bob', role, ['shop']);
    const who = on.visitor();
    await who.signIn('bob', PASSWORD);
    return who;
  };

  it('brings the list of audits where a run begins, with buttons for whoever may press them', async () => {
    const [mine, theirs] = [
      await reading(ada, '/progress/audits?since=x'),
      await reading(await bob('viewer'), '/progress/audits?since=x'),
    ];
    const first = [await mine.until('</hx-partial>'), await theirs.until('</hx-partial>')];
    expect(first.map((text) => text.includes('action="/audits/other/run"'))).toEqual([true, false]);
    expect(first.map((text) => text.includes('name="_csrf"'))).toEqual([true, false]);
    const run = await begin('a&b');
    const moved = [await mine.until(`href="/runs/${run}"`), await theirs.until(`href="/runs/${run}"`)];
    for (const text of moved) expect(text).toContain('a&amp;b');
    mine.leave();
    theirs.leave();
  });

  it('brings the runs that are asked for, and the bars of those alone', async () => {
    const mine = await reading(ada, '/progress/runs?audit=a%26b&since=x');
    await mine.until('No such runs');
    const other = await begin('other');
    const run = await begin('a&b');
    const text = await mine.until(`progress-${run}`);
    expect(text).not.toContain(`/runs/${other}"`);
    expect(text).not.toContain(`progress-${other}`);
    mine.leave();
  });

  it('of what nobody could ask for is refused, and so is whoever may not read it', async () => {
    const statusOf = async (who: Visitor, path: string): Promise<number> => {
      const stream = await reading(who, path);
      stream.leave();
      return stream.status;
    };
    for (const path of [
      '/progress/runs?verdict=soon',
      '/progress/runs?from=x',
      '/progress/runs?audit=a&audit=b',
    ])
      expect([path, await statusOf(ada, path)]).toEqual([path, 400]);
    const owner = await bob('owner');
    for (const path of ['/progress/runs', '/progress/audits'])
      expect([path, await statusOf(owner, path), await statusOf(on.visitor(), path)]).toEqual([
        path,
        403,
        401,
      ]);
  });
});

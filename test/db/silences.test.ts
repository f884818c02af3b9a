/* For a while nobody is told of what a silence fits; then they are, of what is still so. */
import { expect, it } from 'vitest';
import { SilencesApi } from '../../src/alerts/silences.api.js';
import { ANYBODY_HERE } from '../../src/domain/access.js';
import { AlertRooms } from '../support/alert-rooms.js';
import { describeOnBothDatabases } from '../support/databases.js';

const HOUR_MS = 3_600_000;

describeOnBothDatabases('alerts in a silence', (kind) => {
  const on = new AlertRooms(kind);
  const silences = () => on.rooms.app.get(SilencesApi);
  const ofWeb = { match: { hosts: ['web'] }, for: '2h', why: 'a new disk', by: 'Ada' };

  it('are held, of what it fits alone, and told at its end if it is still so', async () => {
    await silences().begin(ANYBODY_HERE, ofWeb);
    for (const port of [22, 23]) await on.moved('web', port, 'open');
    await on.moved('db', 22, 'open');
    await on.pass(HOUR_MS);
    expect((await on.deliveries()).map(({ receiver }) => receiver)).toEqual(['dba-hook']);
    await on.moved('web', 23, 'resolved');
    await on.pass(HOUR_MS - 1);
    expect(await on.mails()).toEqual([]);
    await on.pass(1);
    expect(await on.mails()).toEqual(['shop@example.test: [medium] 1 new finding: unexpected-open']);
    expect((await on.deliveries()).at(-1)!.because).toContain('held until the end of silence 1');
  });

  it('are told as soon as somebody ends it, unless another one holds', async () => {
    const { id } = await silences().begin(ANYBODY_HERE, {
      ...ofWeb,
      match: { owners: ['shop'], severities: ['medium'] },
    });
    const second = await silences().begin(ANYBODY_HERE, {
      ...ofWeb,
      match: { receivers: ['e-mail of shop'] },
      for: '1h',
    });
    await on.moved('web', 22, 'open');
    await on.pass(30_000);
    await silences().end(ANYBODY_HERE, id, { by: 'Bob' });
    await on.pass(0);
    expect(await on.mails()).toEqual([]);
    await silences().end(ANYBODY_HERE, second.id, { by: 'Bob' });
    await on.pass(0);
    expect(await on.mails()).toHaveLength(1);
    await expect(silences().end(ANYBODY_HERE, id, { by: 'Bob' })).rejects.toThrow(
      `silence ${id} is over already`,
    );
    expect((await silences().list()).silences).toMatchObject([
      { id: second.id, endedBy: 'Bob', madeBy: 'Ada', why: 'a new disk' },
      { id, endedBy: 'Bob' },
    ]);
  });

  it.each<[string, object, RegExp]>([
    ['everything', { match: {} }, /a silence of everything/],
    ['no reason', { why: ' ' }, /why: /],
    ['no end', { for: undefined }, /for: /],
    ['a year', { for: '365d' }, /for: 365d is too long; expected at most 30d/],
    ['an owner that nobody declared', { match: { owners: ['shpo'] } }, /there is no owner 'shpo'/],
    [
      'a receiver that nobody declared',
      { match: { receivers: ['e-mail of x'] } },
      /no receiver 'e-mail of x'/,
    ],
    ['a key that nobody knows', { match: { host: ['web'] } }, /host/],
  ])('is refused for %s', async (_, wrong, message) => {
    await expect((async () => silences().begin(ANYBODY_HERE, { ...ofWeb, ...wrong }))()).rejects.toThrow(
      message,
    );
    expect((await silences().list()).silences).toEqual([]);
  });
});

/* Time stamps of an authority that is honest, away, slow, or lies: only what is about the question of this time is taken. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTimeStamp } from '../../../../src/reports/seal/time-stamp.js';
import { stamperOf } from '../../../../src/reports/seal/time-stamp-authority.js';
import {
  type Manners,
  openTimeStampHarbour,
  type TimeStampHarbour,
} from '../../../support/time-stamp-harbour.js';

const NEVER = new AbortController().signal;
const digest = createHash('sha256').update('a signature').digest();
let harbour: TimeStampHarbour;
beforeAll(async () => {
  harbour = await openTimeStampHarbour();
});
afterAll(() => harbour.close());

const stamp = async (manners: Manners, answerMs = 10_000) => {
  harbour.manners = manners;
  return stamperOf(harbour.url, NEVER, answerMs)(digest);
};

it('an honest one is believed: about this, at that time', async () => {
  harbour.now = () => new Date('2026-11-28T01:30:09.000Z');
  const stamped = await stamp('honest');
  harbour.now = () => new Date();
  if (!stamped.ok) throw new Error(stamped.why);
  expect(stamped).toMatchObject({ at: new Date('2026-11-28T01:30:09Z'), by: 'CN=Harbour clock 1' });
  expect(readTimeStamp(stamped.token, () => digest)).toMatchObject({ ok: true });
  expect(readTimeStamp(stamped.token, () => randomBytes(32))).toEqual({
    ok: false,
    why: 'it is about something else',
  });
});

it.each(['honest', 'part-of-chain'] as const)('each byte of a time stamp counts: %s', async (manners) => {
  const stamped = await stamp(manners);
  if (!stamped.ok) throw new Error(stamped.why);
  const missed: number[] = [];
  for (let at = 0; at < stamped.token.length; at++) {
    const changed = Buffer.from(stamped.token);
    changed[at]! ^= 1 << (at % 8);
    if (readTimeStamp(changed, () => digest).ok) missed.push(at);
  }
  expect(missed).toEqual([]);
});

it.each<[Manners, string]>([
  ['other-imprint', 'it is about something else'],
  ['other-nonce', 'it is the answer to another question'],
  ['other-key', 'it was not made with the key of its certificate'],
  ['no-authority', 'its certificate is not for time stamps alone'],
  ['refuses', 'it refuses, with status 02: no more stamps[U+202E] today'],
  ['broken', 'its answer was 503'],
  ['elsewhere', 'its answer was 307'],
  ['web-page', 'its answer is not that of a time-stamp authority'],
  ['endless', 'its answer is longer than 65536 bytes'],
])('one that is %s gives none', async (manners, why) => {
  const asked = harbour.asked();
  const { host } = new URL(harbour.url);
  expect(await stamp(manners)).toEqual({
    ok: false,
    why: `the time-stamp authority ${host} gave none: ${why}`,
  });
  expect(harbour.asked()).toBe(asked + 1);
});

it.each<Manners>(['silent', 'slow'])('one that is %s is not waited for', async (manners) => {
  expect(await stamp(manners, 300)).toMatchObject({
    ok: false,
    why: expect.stringContaining('there was no whole answer within 0.3 s'),
  });
});

it('one that is away says which it is, and not the rest of its address', async () => {
  const gone = await openTimeStampHarbour();
  await gone.close();
  const stamped = await stamperOf(`${gone.url}?token=secret`, NEVER)(digest);
  expect(stamped).toMatchObject({
    ok: false,
    why: expect.stringMatching(/127\.0\.0\.1:\d+ gave none: it can’t be reached \(ECONNREFUSED\)/),
  });
  expect(JSON.stringify(stamped)).not.toContain('secret');
});

it('a connection that breaks off before the answer is made again once, and not without end', async () => {
  const asked = harbour.asked();
  expect(await stamp('breaks-off-once')).toMatchObject({ ok: true });
  expect(harbour.asked() - asked).toBe(2);
  expect(await stamp('breaks-off')).toMatchObject({
    why: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/),
  });
  expect(harbour.asked() - asked).toBe(4);
});

it('a stop ends the question', async () => {
  harbour.manners = 'silent';
  const stop = new AbortController();
  const asking = stamperOf(harbour.url, stop.signal)(digest);
  stop.abort();
  expect(await asking).toMatchObject({
    ok: false,
    why: expect.stringContaining('the service is being stopped'),
  });
});

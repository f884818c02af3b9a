import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../../src/domain/address-set.js';
import { unpack } from '../../../../src/engine/slice.js';
import { SAMPLE_PASS, SOURCE_PORTS } from '../../../../src/engine/syn/shared-state.js';
import {
  CLOSED,
  HOST_UNREACHABLE,
  OPEN,
  PROHIBITED,
  SILENCE,
  WAITING,
} from '../../../../src/engine/verdicts.js';
import type { Probe } from '../../../support/packets.js';
import { AnsweredBook, FIRST_SOURCE_PORT, honestProbe, type Kind, packetOf, target } from './answered.js';

const PLAN = [target('198.51.100.0/29', '20-29,80'), target('2001:db8::ffff:fffe-2001:db8::1:0:1', '80,443')];
const COUNT = new AnsweredBook(PLAN).count;
const KINDS: readonly Kind[] = ['open', 'closed', 'prohibited', 'host-unreachable'];
const VERDICT = { open: OPEN, closed: CLOSED, prohibited: PROHIBITED, 'host-unreachable': HOST_UNREACHABLE };

const kind = fc.constantFrom(...KINDS);
/** From 0 to below 1, evenly: fc.double would give hardly anything but what is next to 0. */
const share = fc.nat(999_999).map((millionths) => millionths / 1_000_000);
const pass = fc.nat(SOURCE_PORTS - 1);

/** Nothing has been believed: nothing is written down, learnt or told. */
function expectUntouched(books: AnsweredBook): void {
  expect(books.book.answered).toBe(0);
  expect(books.answeredAtMs).toEqual([]);
  expect([...books.verdicts].filter((verdict) => verdict !== WAITING)).toEqual([]);
  expect(books.loss.seen).toBe(0);
  expect(books.roundTrip.isKnown).toBe(false);
  expect(books.opened()).toEqual([]);
  expect(books.book.packLate()).toBeNull();
  expect(books.packed().length).toBe(0);
}

describe('an honest answer', () => {
  test('is written where its probe stands, of whatever kind and to whatever pass', () => {
    fc.assert(
      fc.property(kind, share, pass, (what, place, to) => {
        const books = new AnsweredBook(PLAN).begin();
        const position = Math.floor(place * books.count);
        books.answer(position, what, { pass: to, nowMs: 7 });
        const expected = new Uint8Array(books.count);
        expected[position] = VERDICT[what];
        expect([...books.verdicts]).toEqual([...expected]);
        expect([books.book.answered, books.book.forged]).toEqual([1, 0]);
        expect(books.answeredAtMs).toEqual([7]);
        expect(books.opened()).toEqual(what === 'open' ? [books.indexOf(position)] : []);
      }),
    );
  });

  test('is told once, however often it comes, and by however many passes', () => {
    const books = new AnsweredBook(PLAN).begin();
    for (const to of [0, 0, 1, 3]) {
      books.answer(5, 'open', { pass: to });
      books.answer(6, 'closed', { pass: to });
    }
    expect([books.book.answered, books.loss.seen, books.answeredAtMs.length]).toEqual([2, 2, 2]);
    expect(books.opened()).toEqual([books.indexOf(5)]);
    books.answer(5, 'open', { pass: 4 });
    expect(books.opened()).toEqual([]);
    expect(books.told).toEqual([]);
  });

  test('takes the place of a weaker one, and of silence; the weaker one never its', () => {
    const books = new AnsweredBook(PLAN).begin();
    for (const what of [...KINDS, ...KINDS.toReversed()]) books.answer(5, what);
    expect(books.verdicts[5]).toBe(OPEN);
    for (const what of KINDS.toReversed()) books.answer(6, what);
    expect(books.verdicts[6]).toBe(OPEN);
    books.verdicts[7] = SILENCE;
    books.answer(7, 'closed');
    expect(books.verdicts[7]).toBe(CLOSED);
    expect(books.opened()).toEqual([books.indexOf(5), books.indexOf(6)]);
    // What was silent already has been counted as over.
    expect([books.book.answered, books.answeredAtMs.length]).toEqual([2, 2]);
  });

  test('tells by its source port when its SYN had left', () => {
    const books = new AnsweredBook(PLAN).begin();
    const { sentAt, groups, groupShift } = books.shared;
    expect(groupShift).toBe(3);
    const position = 21;
    sentAt[0 * groups + (position >> groupShift)] = 100;
    sentAt[2 * groups + (position >> groupShift)] = 400;
    sentAt[2 * groups + (position >> groupShift) + 1] = 440;
    books.answer(position, 'closed', { pass: 0, nowMs: 450 });
    expect(books.roundTrip.patienceMs).toBe(3 * 350); // what the first measure of all makes
    const again = new AnsweredBook(PLAN).begin();
    again.shared.sentAt.set(sentAt);
    again.answer(0, 'closed', { pass: 9, nowMs: 5000 }); // nobody knows when that SYN has left
    again.answer(position + 1, 'prohibited', { pass: 0, nowMs: 5000 }); // a router takes its time
    expect(again.roundTrip.isKnown).toBe(false);
    again.answer(position, 'open', { pass: 2, nowMs: 450 });
    expect(again.roundTrip.patienceMs).toBe(3 * 50);
    const trips = Array.from({ length: COUNT }, (_, slot) =>
      again.book.longestTripMs(again.book.hostAt(slot)),
    );
    expect(new Set(trips)).toEqual(new Set([null, 50]));
    expect(trips[position]).toBe(50);
  });

  test('teaches the loss: by its pass, by its host, and only what the host itself says', () => {
    const books = new AnsweredBook(PLAN).begin();
    books.loss.beginEpoch(0);
    for (let position = 0; position < 30; position++) books.answer(position, 'closed', { pass: 0 });
    for (let position = 30; position < 40; position++) books.answer(position, 'prohibited', { pass: 0 });
    books.loss.beginPass(1);
    for (let position = 40; position < 43; position++) books.answer(position, 'open', { pass: 1 });
    expect([books.loss.seen, books.loss.share]).toEqual([33, 3 / 30]);
    books.answer(50, 'closed', { pass: SAMPLE_PASS });
    expect([books.loss.seen, books.loss.share]).toEqual([34, 4 / 31]);
    books.loss.beginEpoch(2);
    books.answer(51, 'closed', { pass: SAMPLE_PASS });
    expect(books.loss.seen).toBe(0); // the sample's time is over, with the epoch that it was taken in
  });

  test('teaches the loss of its host', () => {
    const books = new AnsweredBook(PLAN).begin();
    for (let position = 0; position < 30; position++) books.answer(position, 'closed');
    const hosts = Array.from({ length: 30 }, (_, position) => books.book.hostAt(position));
    for (const host of new Set(hosts)) expect(books.loss.missing(host)).toBeGreaterThan(0);
  });
});

describe('a forger', () => {
  const probeOf = (place: number, to: number): Probe =>
    new AnsweredBook(PLAN).probe(Math.floor(place * new AnsweredBook(PLAN).count), to);

  test('who does not know the cookie is counted, and never believed', () => {
    // Often a single bit, as any part of the number that nobody looks at is one that nobody has to know.
    const wrong = fc.oneof(
      fc.integer({ min: 1, max: 0xffff_ffff }),
      fc.nat(31).map((bit) => (1 << bit) >>> 0),
    );
    fc.assert(
      fc.property(kind, share, pass, wrong, (what, place, to, bits) => {
        const books = new AnsweredBook(PLAN).begin();
        const probe = probeOf(place, to);
        books.read(packetOf({ ...probe, cookie: (probe.cookie ^ bits) >>> 0 }, what));
        expect(books.book.forged).toBe(1);
        expectUntouched(books);
      }),
    );
  });

  test('who knows another probe’s cookie, or another scan’s, is not believed either', () => {
    fc.assert(
      fc.property(kind, share, share, pass, pass, (what, place, other, to, otherPass) => {
        const [probe, stranger] = [probeOf(place, to), probeOf(other, otherPass)];
        const elsewhere = honestProbe(
          parseAddress(String(probe.target))!,
          probe.port,
          probe.sourcePort,
          [1, 2],
        );
        for (const cookie of [stranger.cookie, elsewhere.cookie]) {
          if (cookie === probe.cookie) continue;
          const books = new AnsweredBook(PLAN).begin();
          books.read(packetOf({ ...probe, cookie }, what));
          expect(books.book.forged).toBe(1);
          expectUntouched(books);
        }
      }),
    );
  });

  test('who answers with a right cookie for what is not in the plan is not believed', () => {
    const books = new AnsweredBook(PLAN).begin();
    const outside = [
      ['198.51.100.8', 80],
      ['198.51.100.0', 81],
      ['2001:db8::1:0:2', 443],
      ['::c633:6400', 80],
    ] as const;
    for (const [address, port] of outside) {
      books.read(packetOf(honestProbe(parseAddress(address)!, port, FIRST_SOURCE_PORT), 'open'));
    }
    expect(books.book.forged).toBe(outside.length);
    expectUntouched(books);
  });

  test('who answers to a port that is none of ours is not even counted', () => {
    const books = new AnsweredBook(PLAN).begin();
    for (const sourcePort of [FIRST_SOURCE_PORT - 1, FIRST_SOURCE_PORT + SOURCE_PORTS, 80]) {
      books.read(packetOf(honestProbe(parseAddress('198.51.100.1')!, 80, sourcePort), 'open'));
    }
    books.read(Uint8Array.of(0x45, 0, 0, 40));
    expect(books.book.forged).toBe(0);
    expectUntouched(books);
  });
});

describe('an answer to an earlier slice', () => {
  const inSlices = (from: number, to: number): AnsweredBook =>
    new AnsweredBook(PLAN, { from: 10 }).begin(10, from).begin(from, to);

  test('is told once if the port is open, and changes nothing in the present slice', () => {
    const books = inSlices(40, 60);
    for (let i = 0; i < 3; i++) books.answer(12, 'open', { pass: i });
    expect(books.opened()).toEqual([books.indexOf(12)]);
    books.answer(12, 'open');
    expect(books.opened()).toEqual([]);
    books.begin(60, 80);
    books.answer(12, 'open');
    books.answer(39, 'open');
    books.answer(40, 'open');
    expect(books.opened()).toEqual([books.indexOf(39), books.indexOf(40)]);
    expect([...books.verdicts].every((verdict) => verdict === WAITING)).toBe(true);
    expect([books.book.forged, books.book.answered, books.loss.seen]).toEqual([0, 0, 0]);
  });

  test('is packed once if it says anything else, and again only for a stronger word', () => {
    const books = inSlices(40, 60);
    expect(books.book.packLate()).toBeNull();
    for (const what of ['host-unreachable', 'closed', 'prohibited', 'closed'] as const)
      books.answer(12, what);
    books.answer(39, 'prohibited');
    const late = Array.from(unpack(books.book.packLate()!), ({ verdict, stretches }) => [
      verdict,
      ...stretches,
    ]);
    expect(late.sort()).toEqual([
      [CLOSED, books.indexOf(12), 1],
      [PROHIBITED, books.indexOf(39), 1],
    ]);
    books.answer(12, 'closed');
    books.answer(12, 'prohibited');
    expect(books.book.packLate()).toBeNull();
    books.answer(39, 'closed');
    expect([...books.book.packLate()!]).toEqual([books.indexOf(39), CLOSED, 1, books.indexOf(39), 1]);
    books.answer(39, 'open');
    expect(books.opened()).toEqual([books.indexOf(39)]);
    expect(books.book.packLate()).toBeNull();
    expect([books.book.forged, books.book.answered, books.loss.seen]).toEqual([0, 0, 0]);
  });

  test('is told though it was closed before, as happens behind a balancer', () => {
    const books = new AnsweredBook(PLAN).begin(0, 40);
    books.answer(12, 'closed');
    books.begin(40, 60);
    books.answer(12, 'open');
    expect(books.opened()).toEqual([books.indexOf(12)]);
  });

  test('is not told again where it was told in its own slice', () => {
    const books = new AnsweredBook(PLAN).begin(0, 40);
    books.answer(12, 'open', { pass: 0 });
    expect(books.opened()).toEqual([books.indexOf(12)]);
    books.begin(40, 60);
    books.answer(12, 'open', { pass: 1 });
    expect(books.opened()).toEqual([]);
  });

  test('counts only where this scan has been: not before its beginning, not beyond its slice', () => {
    const books = inSlices(40, 60);
    books.answer(9, 'open');
    books.answer(60, 'open');
    expectUntouched(books);
    books.answer(10, 'open');
    books.answer(59, 'open');
    expect(books.opened()).toEqual([books.indexOf(10), books.indexOf(59)]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isV4Number } from '../../../../src/domain/address-number.js';
import { parseAddress } from '../../../../src/domain/address-set.js';
import { PortSet } from '../../../../src/domain/port-set.js';
import { wordsOf } from '../../../../src/engine/address-words.js';
import { passedOver } from '../../../../src/engine/passed-over.js';
import { ProbeSpace } from '../../../../src/engine/probe-space.js';
import { packSlice } from '../../../../src/engine/slice.js';
import { layOut } from '../../../../src/engine/space-layout.js';
import {
  failureCode,
  HOST_DEADLINE,
  HOST_UNREACHABLE,
  LOSSY,
  NET_UNREACHABLE,
  PASSED_OVER,
  SILENCE,
  WAITING,
} from '../../../../src/engine/verdicts.js';
import { AnsweredBook, type Kind, target } from './answered.js';

const PLAN = [
  target('198.51.100.252-198.51.101.3', '20-25,80'),
  // More to ask than of IPv4, in two subnets; and a host that differs from one of them in the middle only.
  target('2001:db8:0:1:ffff:ffff:ffff:fffe-2001:db8:0:2::2', '20-35'),
  target('2001:db8:0:3:ffff:ffff:ffff:ffff', '20-35'),
];
const COUNT = new AnsweredBook(PLAN).count;

/** From 0 to below 1, evenly: fc.double would give hardly anything but what is next to 0. */
const share = fc.nat(999_999).map((millionths) => millionths / 1_000_000);
/** A slice somewhere in the plan; often all of it. */
const slice = fc.oneof(
  fc.constant([0, COUNT] as const),
  fc.tuple(share, share).map(([a, b]) => {
    const from = Math.floor(Math.min(a, b) * (COUNT - 1));
    return [from, Math.max(from + 1, Math.floor(Math.max(a, b) * COUNT))] as const;
  }),
);

const kind: fc.Arbitrary<Kind> = fc.constantFrom('open', 'closed', 'prohibited', 'host-unreachable');
/** What senders and the conductor write where nothing was heard. */
const word = fc.constantFrom(
  HOST_UNREACHABLE,
  SILENCE,
  PASSED_OVER,
  NET_UNREACHABLE,
  LOSSY,
  HOST_DEADLINE,
  failureCode('EACCES'),
);

const knownPorts = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        '198.51.100.252',
        '198.51.101.0',
        '2001:db8:0:2::',
        '2001:db8:0:1:ffff:ffff:ffff:ffff',
        '203.0.113.1',
      ),
      fc
        .array(fc.constantFrom(19, 20, 21, 25, 26, 80, 443), { maxLength: 4 })
        .map((ports) => PortSet.from(ports)),
    ),
    { maxLength: 5 },
  )
  .map((pairs) => new Map<string, PortSet>(pairs));
const asTerms = (known: ReadonlyMap<string, PortSet>) => ({
  passedOver: passedOver({ targets: PLAN, known }),
});

describe('a packed slice', () => {
  test('is what the bytes say, be it the whole plan in its own order or a part', () => {
    const event = fc.tuple(share, fc.oneof(kind, word));
    fc.assert(
      fc.property(slice, knownPorts, fc.array(event, { maxLength: 80 }), ([from, to], known, events) => {
        const books = new AnsweredBook(PLAN, asTerms(known)).begin(from, to);
        for (const [place, what] of events) {
          const slot = Math.min(to - from - 1, Math.floor(place * (to - from)));
          if (typeof what === 'string') books.answer(from + slot, what);
          else if (books.verdicts[slot] === WAITING) books.verdicts[slot] = what;
        }
        const space = new ProbeSpace(layOut(PLAN));
        const expected = packSlice(
          books.verdicts,
          from,
          (position) => books.indexOf(position),
          (index) => space.hostEnd(index),
        );
        expect(books.packed()).toEqual([...expected]);
      }),
      { numRuns: 300 },
    );
  });

  test('of a whole plan forgets what the one before it had', () => {
    const books = new AnsweredBook(PLAN).begin();
    for (let position = 0; position < COUNT; position++) books.answer(position, 'closed');
    expect(books.packed().length).toBeGreaterThan(0);
    expect(books.begin().packed().length).toBe(0);
  });
});

describe('ports whose answer is known', () => {
  test('are passed over, they and no others, in every slice', () => {
    fc.assert(
      fc.property(slice, knownPorts, ([from, to], known) => {
        const books = new AnsweredBook(PLAN, asTerms(known)).begin(from, to);
        for (let position = from; position < to; position++) {
          const { address, port } = books.at(position);
          const isKnown = known.get(address)?.has(port) ?? false;
          expect(books.verdicts[position - from]).toBe(isKnown ? PASSED_OVER : WAITING);
        }
      }),
    );
  });

  test('stay passed over if they answer after all, and are not told', () => {
    const all = asTerms(new Map([['198.51.101.0', PortSet.parse('20-25,80')]]));
    const books = new AnsweredBook(PLAN, all).begin();
    const positions = Array.from({ length: COUNT }, (_, position) => position);
    const known = positions.filter((position) => books.at(position).address === '198.51.101.0');
    expect(known.length).toBe(7);
    for (const position of known)
      for (const what of ['closed', 'open'] as const) books.answer(position, what);
    expect(known.map((position) => books.verdicts[position])).toEqual(known.map(() => PASSED_OVER));
    expect(books.opened()).toEqual([]);
    expect([books.book.answered, books.loss.seen]).toEqual([0, 0]);
    expect(books.packed().length).toBe(0);
    books.verdicts.fill(SILENCE);
    books.begin(COUNT, COUNT);
    for (const position of known) books.answer(position, 'open');
    expect([books.opened(), books.book.packLate()]).toEqual([[], null]);
  });
});

describe('the rate cap', () => {
  /** The largest rate at which no host and no subnet gets more than its own, one by one. */
  function slowly(books: AnsweredBook, ratePerHost: number, ratePerSubnet: number): number {
    const hosts = new Map<string, number>();
    const subnets = new Map<string, number>();
    let waiting = 0;
    books.verdicts.forEach((verdict, slot) => {
      if (verdict !== WAITING) return;
      waiting++;
      const { address } = books.at(books.from + slot);
      const number = parseAddress(address)!;
      const subnet = isV4Number(number) ? `v4 ${number >> 8n}` : `v6 ${number >> 64n}`;
      hosts.set(address, (hosts.get(address) ?? 0) + 1);
      subnets.set(subnet, (subnets.get(subnet) ?? 0) + 1);
    });
    const caps = [
      ...Array.from(hosts.values(), (mine) => (ratePerHost * waiting) / mine),
      ...Array.from(subnets.values(), (mine) => (ratePerSubnet * waiting) / mine),
    ];
    return Math.min(Number.POSITIVE_INFINITY, ...caps);
  }

  const rate = fc.constantFrom(Number.POSITIVE_INFINITY, 1, 10, 64, 1000, 0.5);

  test('gives no host and no subnet more than its share of what waits', () => {
    fc.assert(
      fc.property(
        slice,
        rate,
        rate,
        fc.array(share, { maxLength: 90 }),
        (bounds, ratePerHost, ratePerSubnet, over) => {
          const books = new AnsweredBook(PLAN, { ratePerHost, ratePerSubnet }).begin(...bounds);
          for (const place of over) books.verdicts[Math.floor(place * (books.verdicts.length - 1))] = SILENCE;
          expect(books.book.rateCap()).toBe(slowly(books, ratePerHost, ratePerSubnet));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('counts a host that two targets share once', () => {
    const shared = [
      target('198.51.100.1', '1-10'),
      target('198.51.100.1', '11-20'),
      target('203.0.113.1', '1-5'),
    ];
    const books = new AnsweredBook(shared, { ratePerHost: 100 }).begin();
    expect(books.book.rateCap()).toBe((100 * 25) / 20);
  });

  test('is none where there are no limits, or nothing waits', () => {
    expect(new AnsweredBook(PLAN).begin().book.rateCap()).toBe(Number.POSITIVE_INFINITY);
    const books = new AnsweredBook(PLAN, { ratePerHost: 5, ratePerSubnet: 50 }).begin();
    books.verdicts.fill(SILENCE);
    expect(books.book.rateCap()).toBe(Number.POSITIVE_INFINITY);
  });
});

test('a slot’s host is the one that its probe asks', () => {
  const books = new AnsweredBook(PLAN).begin(7, 60);
  const space = new ProbeSpace(layOut(PLAN));
  for (let slot = 0; slot < 53; slot++) {
    const { address, port } = books.at(7 + slot);
    const number = parseAddress(address)!;
    space.locate(space.indexOf(isV4Number(number) ? 4 : 6, ...wordsOf(number), port));
    expect(books.book.hostAt(slot)).toBe(space.host);
  }
});

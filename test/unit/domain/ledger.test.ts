/*
 * The chain: whatever is done to it before a checkpoint that is held elsewhere is found, also by somebody who makes every hash anew
 * but has no key. And what is digested has one way to be written.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ChainReader,
  canonical,
  chained,
  hashOf,
  type LedgerEntry,
  type Plain,
  START,
} from '../../../src/domain/ledger.js';
import { chainTroubles, checkpointTrouble, type ReadChain } from '../../../src/domain/ledger-checkpoint.js';
import { keyArts, sha256 } from '../../../src/ledger/ledger-signature.js';
import { AT, chainOf, checkpointOf, draft } from '../../support/ledger-chain.js';

function read(entries: readonly LedgerEntry[]): ReadChain {
  const reader = new ChainReader(sha256);
  const troubles = entries.map((entry) => reader.take(entry)).filter((one) => one !== null);
  return { count: entries.length, entries, troubles, standing: reader.standing };
}

/** What somebody does who can write to all of the database: each hash from a place on is made anew. */
function madeAnew(entries: readonly LedgerEntry[]): LedgerEntry[] {
  let before = START;
  const totals = new Map<string, number>();
  return entries.map((entry) => {
    const total = (totals.get(entry.source) ?? 0) + entry.count;
    totals.set(entry.source, total);
    const moved = { ...entry, seq: before.seq + 1, previous: before.hash, total };
    const made = { ...moved, hash: hashOf(moved, sha256) };
    before = made;
    return made;
  });
}

const FIELDS = [
  'at',
  'source',
  'what',
  'version',
  'first',
  'last',
  'count',
  'total',
  'digest',
  'about',
] as const;

function altered(entry: LedgerEntry, field: (typeof FIELDS)[number], salt: number): LedgerEntry {
  const other: Record<(typeof FIELDS)[number], unknown> = {
    at: new Date(AT.getTime() + 1 + salt).toISOString(),
    source: `${entry.source}-${salt}`,
    what: 'let-go',
    version: entry.version + 1 + salt,
    first: String(Number(entry.first) + 1 + salt),
    last: String(Number(entry.last) + 1 + salt),
    count: entry.count + 1 + salt,
    total: entry.total + 1 + salt,
    digest: sha256(`other ${salt}`),
    about: { ...entry.about, verdict: `other ${salt}` },
  };
  return { ...entry, [field]: other[field] };
}

const LENGTH = 12;
const place = fc.nat(LENGTH - 1);
/** Something that somebody does to a chain of twelve. */
const edit = fc.oneof(
  fc.record({
    deed: fc.constant('alter' as const),
    at: place,
    field: fc.constantFrom(...FIELDS),
    salt: fc.nat(999),
  }),
  fc.record({ deed: fc.constant('delete' as const), at: place }),
  fc.record({ deed: fc.constant('truncate' as const), at: place }),
  fc.record({ deed: fc.constant('swap' as const), at: place, other: place }),
  fc.record({ deed: fc.constant('repeat' as const), at: place }),
  fc.record({ deed: fc.constant('insert' as const), at: place, salt: fc.nat(999) }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(entries: readonly LedgerEntry[], done: Edit): LedgerEntry[] {
  const { at } = done;
  if (done.deed === 'alter')
    return entries.map((entry, index) => (index === at ? altered(entry, done.field, done.salt) : entry));
  if (done.deed === 'delete') return entries.toSpliced(at, 1);
  if (done.deed === 'truncate') return entries.slice(0, at);
  if (done.deed === 'swap') return entries.with(at, entries[done.other]!).with(done.other, entries[at]!);
  if (done.deed === 'repeat') return entries.toSpliced(at, 0, entries[at]!);
  return entries.toSpliced(at, 0, altered(entries[at]!, 'digest', done.salt));
}

const isNone = (done: Edit): boolean => done.deed === 'swap' && done.at === done.other;

describe('a chain', () => {
  const entries = chainOf(LENGTH);
  const checkpoint = checkpointOf(entries.at(-1)!);

  it('holds as it was written, and its checkpoint with it', () => {
    expect(chainTroubles(read(entries), checkpoint)).toEqual([]);
    expect(checkpointTrouble(checkpoint, keyArts)).toBeNull();
    expect(entries.map(({ total }) => total)).toEqual([5, 5, 10, 10, 15, 20, 15, 25, 30, 20, 35, 40]);
  });

  it('shows each of 1,000 edits before its checkpoint', () => {
    fc.assert(
      fc.property(edit, (done) => {
        fc.pre(!isNone(done));
        expect(chainTroubles(read(edited(entries, done)), checkpoint)).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows them also where all hashes were made anew behind them', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (done) => {
        const changed = madeAnew(
          done.reduce((chain: LedgerEntry[], one) => {
            const at = Math.min(one.at, chain.length - 1);
            const other = Math.min('other' in one ? one.other : 0, chain.length - 1);
            return chain.length === 0
              ? chain
              : edited(chain, { ...one, at, ...('other' in one ? { other } : {}) } as Edit);
          }, entries),
        );
        fc.pre(changed.map(({ hash }) => hash).join() !== entries.map(({ hash }) => hash).join());
        expect(chainTroubles(read(changed), checkpoint)).not.toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows where it was changed', () => {
    const said = (done: Edit): string[] => chainTroubles(read(edited(entries, done)), checkpoint);
    expect(said({ deed: 'alter', at: 3, field: 'digest', salt: 1 })).toEqual([
      'entry 4 is not what its hash says: it was changed',
    ]);
    // What is missing is missed in the count of its source as well.
    expect(said({ deed: 'delete', at: 3 })).toEqual([
      'entry 4 is not there',
      'entry 7 counts 15 rows of run so far; expected 10',
    ]);
    expect(said({ deed: 'truncate', at: 9 })).toEqual([
      'the chain ends with entry 9, and the checkpoint is about entry 12: its end was cut off',
    ]);
    expect(said({ deed: 'repeat', at: 3 })).toContain(
      'entry 4 stands behind entry 4: it was moved, or is there twice',
    );
  });

  it('may go on behind a checkpoint: that says nothing of what came later', () => {
    const longer = chained(
      [draft(12)],
      { before: entries.at(-1)!, at: AT, totals: new Map([['run', 20]]) },
      sha256,
    );
    expect(read([...entries, ...longer]).troubles).toEqual([]);
  });
});

describe('the canonical text', () => {
  const plain: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      ...[fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)],
      ...[fc.array(tie('value')), fc.dictionary(fc.string({ unit: 'binary' }), tie('value'))],
    ),
  })).value;
  const turned = (value: Plain): Plain => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, one]) => [key, turned(one)]),
    );
  };

  it('is JSON of the same value, and does not know in which order keys were written', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const text = canonical(value);
        expect(canonical(JSON.parse(text))).toBe(text);
        expect(canonical(turned(value))).toBe(text);
      }),
    );
  });

  it('refuses numbers that have more than one', () => {
    for (const number of [0.5, Number.NaN, 2 ** 60, Number.POSITIVE_INFINITY])
      expect(() => canonical({ number })).toThrow(/more than one way/);
  });
});

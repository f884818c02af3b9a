/* A filter says itself again in a URL, and what nobody could have meant is refused. */
import { describe, expect, it } from 'vitest';
import { DEADLINES } from '../../../src/domain/deadlines.js';
import { EVERY_FINDING, isCounted } from '../../../src/findings/finding-conditions.js';
import { filterQuery, readFilter } from '../../../src/findings/finding-filter.js';
import { orderingOf, placeText, readPlace } from '../../../src/findings/finding-order.js';

const ALL = { owners: null };
const again = (query: string): string =>
  `${filterQuery(readFilter(Object.fromEntries(new URLSearchParams(query)), ALL))}`;

describe('a filter', () => {
  it.each([
    '',
    'state=overdue&severity=high&kind=unexpected-open&owner=shop&host=web&q=ssh',
    'state=to-do&severity=low&openFor=week',
    'owner=nobody+named&assignee=nobody+named&sort=due',
    'tag=%E6%B8%AF&audit=a%2Fb&vantage=local&port=22%2C8000-8100&age=30',
    'firstFrom=2026-06-01&firstUntil=2026-06-30&lastFrom=2026-06-01&lastUntil=2026-06-30&dueUntil=2026-12-31',
  ])('%s is what it says of itself', (query) => {
    const said = new URLSearchParams(again(query));
    said.sort();
    const meant = new URLSearchParams(query);
    meant.sort();
    expect(`${said}`).toBe(`${meant}`);
  });

  it('asks for nothing by fields that were left empty', () => {
    expect(again('state=&severity=&port=&age=&openFor=&firstFrom=&tag=+&sort=')).toBe('');
  });

  it('is counted where it asks for state, severity, kind and owner alone', () => {
    expect(isCounted({ ...EVERY_FINDING, state: 'open', owner: 'shop', seen: ['shop'] })).toBe(true);
    expect(isCounted({ ...EVERY_FINDING, state: 'overdue' })).toBe(false);
    expect(isCounted({ ...EVERY_FINDING, state: 'to-do' })).toBe(true);
    expect(isCounted({ ...EVERY_FINDING, openFor: 'day' })).toBe(false);
    expect(isCounted({ ...EVERY_FINDING, tag: 'pci' })).toBe(false);
    expect(isCounted({ ...EVERY_FINDING, last: { from: null, until: '2026-06-01' } })).toBe(false);
  });

  it.each([
    { port: '99999' },
    { port: ['1', '2'] },
    { age: '1e9' },
    { openFor: 'ever' },
    { openFor: ['day', 'week'] },
    { dueUntil: 'soon' },
    { sort: 'x' },
    { state: 'gone' },
  ])('%j is refused', (query) => {
    expect(() => readFilter(query, ALL)).toThrow(/these findings can’t be chosen/);
  });
});

describe('a place in a list', () => {
  const place = ['-1', '2026-07-01 12:00:00.123+00', '17'];

  it('is read as it was written, in its own order alone', () => {
    const text = placeText('severity', place);
    expect(readPlace(text, 'severity', DEADLINES)).toEqual(place);
    expect(() => readPlace(text, 'newest', DEADLINES)).toThrow(/no place in this list/);
  });

  it.each([
    ['severity', ['-1', "2026'; drop table finding", '17']],
    ['severity', ['-1', '17']],
    ['host', ['a\0', 'b', '1', '1']],
    ['due', ['x', '1', '1']],
  ] as const)('%s %j is refused, whoever made it up', (order, values) => {
    expect(() => readPlace(placeText(order, values), order, DEADLINES)).toThrow(/no place in this list/);
  });

  it('compares whole rows, one way', () => {
    const given: unknown[] = [];
    const sql = orderingOf('newest', DEADLINES).after(
      ['2026-07-01 12:00:00+00', '3'],
      (value) => `$${given.push(value)}`,
    );
    expect(sql).toBe('(first_seen, finding.id) < ($1::timestamptz, $2::bigint)');
  });
});

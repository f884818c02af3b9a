/*
 * The orders in which findings are listed, as SQL, and the place of a finding in one of them: a program goes on from there, and
 * misses nothing and sees nothing twice, whatever has come before it meanwhile. Every order ends with the id, so that no two
 * findings have the same place.
 */
import { z } from 'zod';
import { SEVERITIES } from '../domain/drift.js';
import type { Deadlines } from '../domain/inventory.js';
import { cursorOf, readCursor } from '../platform/cursor.js';

export const FINDING_ORDERS = ['severity', 'due', 'newest', 'host'] as const;
export type FindingOrder = (typeof FINDING_ORDERS)[number];

interface Term {
  readonly sql: string;
  /** Of the place's value, as it is compared: one that is not the term's own would keep the database from its index. */
  readonly type: 'text' | 'bigint' | 'int' | 'numeric' | 'timestamptz';
}

export interface Ordering {
  readonly order: FindingOrder;
  /** For `order by`. */
  readonly by: string;
  /** A finding's place, as JSON. */
  readonly place: string;
  /** @param given makes a parameter of a value; `place` is one that {@link readPlace} has read */
  after(place: readonly string[], given: (value: unknown) => string): string;
}

const RANK = `array_position(array[${SEVERITIES.map((name) => `'${name}'`).join(', ')}], severity)`;
/** Later than anything is due. */
const NEVER = '1e15';
/** Where it is listed, `id` alone would be the text that is given out. */
const ID: Term = { sql: 'finding.id', type: 'bigint' };

/** All of an order's terms go one way: a row is compared with a row. */
function termsOf(order: FindingOrder, deadlines: Deadlines): { terms: readonly Term[]; isDown: boolean } {
  const numeric = (sql: string): Term => ({ sql, type: 'numeric' });
  switch (order) {
    case 'severity':
      return { isDown: true, terms: [numeric(`-${RANK}`), { sql: 'last_seen', type: 'timestamptz' }, ID] };
    case 'newest':
      return { isDown: true, terms: [{ sql: 'first_seen', type: 'timestamptz' }, ID] };
    case 'host': {
      const texts = ['host', `coalesce(address, '')`].map((sql): Term => ({ sql, type: 'text' }));
      return { isDown: false, terms: [...texts, { sql: 'coalesce(port, -1)', type: 'int' }, ID] };
    }
    case 'due': {
      const days = SEVERITIES.map((severity) => `when '${severity}' then ${deadlines[severity]}`).join(' ');
      const due = `extract(epoch from opened_at) + 86400 * case severity ${days} end`;
      const when = `case when state in ('open', 'acknowledged') then coalesce(${due}, ${NEVER}) else ${NEVER} end`;
      return { isDown: false, terms: [numeric(when), numeric(RANK), ID] };
    }
  }
}

export function orderingOf(order: FindingOrder, deadlines: Deadlines): Ordering {
  const { terms, isDown } = termsOf(order, deadlines);
  const texts = terms.map(({ sql }) => `(${sql})::text`);
  return {
    order,
    by: terms.map(({ sql }) => `${sql}${isDown ? ' desc' : ''}`).join(', '),
    place: `jsonb_build_array(${texts.join(', ')})`,
    after(place, given) {
      const values = terms.map(({ type }, index) => `${given(place[index])}::${type}`);
      return `(${terms.map(({ sql }) => sql).join(', ')}) ${isDown ? '<' : '>'} (${values.join(', ')})`;
    },
  };
}

const SHAPES: Record<Term['type'], RegExp> = {
  text: /^[^\0]*$/,
  bigint: /^\d{1,18}$/,
  int: /^-?\d{1,9}$/,
  numeric: /^-?\d{1,18}(\.\d{1,18})?$/,
  timestamptz: /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/,
};

/** Opaque to whoever gets it. */
export const placeText = (order: FindingOrder, place: readonly string[]): string =>
  cursorOf(`findings by ${order}`, place);

/** Throws Refusal where it is no place in this order. */
export function readPlace(text: string, order: FindingOrder, deadlines: Deadlines): readonly string[] | null {
  const { terms } = termsOf(order, deadlines);
  const Place = z.array(z.string()).refine((place) => {
    return place.length === terms.length && terms.every(({ type }, at) => SHAPES[type].test(place[at]!));
  });
  return readCursor(`findings by ${order}`, Place, text);
}

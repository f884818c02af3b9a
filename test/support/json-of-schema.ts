/*
 * Data that a JSON Schema allows, made by fast-check, of as much of draft 2020-12 as our published schemas use; and the same with one thing
 * wrong. What the schema has no word for here throws, so that no part of one goes untested in silence.
 */
import fc from 'fast-check';

type Json = Record<string, unknown>;

const TEXTS = ['', ' ', 'x', 'Äpfel & <b>', '\u0000\ud800', '東京', 'w'.repeat(300), '2026-13-45'] as const;
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 12 }));
const instant = fc
  .date({ min: new Date('2001-01-01T00:00:00Z'), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const day = instant.map((at) => at.slice(0, 10));

export function allowedBy(schema: Json): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (Array.isArray(schema.anyOf)) return fc.oneof(...(schema.anyOf as Json[]).map(allowedBy));
  if (Array.isArray(schema.type))
    return fc.oneof(...(schema.type as string[]).map((type) => allowedBy({ ...schema, type })));
  const make = BY_TYPE[String(schema.type)];
  if (!make) throw new Error(`no data is made by ${JSON.stringify(schema).slice(0, 200)}`);
  return make(schema);
}

const BY_TYPE: Readonly<Record<string, (schema: Json) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = -9, maximum = 1_000_000 }) =>
    fc.integer({ min: minimum as number, max: Math.min(maximum as number, 1_000_000) }),
  number: ({ minimum = -9 }) => fc.double({ min: minimum as number, max: 1e6, noNaN: true }),
  string: ({ format, pattern, minLength = 0, maxLength = 1e9 }) => {
    if (format === 'date-time') return instant;
    if (format === 'date' || pattern !== undefined) return day;
    return text.filter(({ length }) => length >= (minLength as number) && length <= (maxLength as number));
  },
  array: ({ items, minItems = 0, maxItems = 1e9 }) =>
    fc.array(allowedBy(items as Json), {
      minLength: minItems as number,
      maxLength: Math.min(maxItems as number, Math.max(2, minItems as number)),
    }),
  object: ({ properties, required = [] }) =>
    fc.record(
      Object.fromEntries(
        Object.entries(properties as Json).map(([key, one]) => [key, allowedBy(one as Json)]),
      ),
      { requiredKeys: required as string[] },
    ),
};

interface Place {
  readonly holder: Json;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Json;
  return Object.keys(holder).flatMap((key): Place[] => [{ holder, key }, ...placesIn(holder[key])]);
}

const WRONG = [null, -1, 0.5, 'nonsense', '', true, [], {}] as const;

/** One member is gone, or something else. Perhaps it may be: what judges it must judge alike. */
export const damaged = (data: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(data, fc.nat(1_000_000), fc.constantFrom('gone', ...WRONG)).map(([whole, at, wrong]) => {
    const copy: unknown = structuredClone(whole);
    const places = placesIn(copy);
    const { holder, key } = places[at % places.length]!;
    if (wrong === 'gone' && !Array.isArray(holder)) delete holder[key];
    else holder[key] = wrong === 'gone' ? undefined : wrong;
    return JSON.parse(JSON.stringify(copy)) as unknown;
  });

/** With a member more, in one of its objects. */
export const enlarged = (data: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(data, fc.nat(1_000_000)).map(([whole, at]) => {
    const copy: unknown = structuredClone(whole);
    const inside = placesIn(copy).map(({ holder, key }) => (holder as Json)[key]);
    const objects = [copy, ...inside].filter(
      (one): one is Json => typeof one === 'object' && one !== null && !Array.isArray(one),
    );
    objects[at % objects.length]!.ofALaterVersion = 1;
    return copy;
  });

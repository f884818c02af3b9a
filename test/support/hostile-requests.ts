/*
 * Requests that nobody means well by: what stands in a description, bent; fields that are in none; texts that break what is careless.
 * fast-check makes them, so that a failure comes with its seed and shrinks to what matters.
 */
import fc from 'fast-check';

type Json = Record<string, unknown>;

/** Half a pair of surrogates has no UTF-8; in JSON it can be written all the same. */
export const sendable = (text: string): string => Buffer.from(text).toString();

const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff tail',
    '💥',
    '\u202e gnp.exe',
    'e\u0301',
    '\ufeff',
    'İstanbul',
  ],
  ...[
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    '{{csrf}}',
    '#{7*7}',
    "' or 1=1 --",
    '%',
    '_%',
  ],
  ...[
    '../../etc/passwd',
    '%00',
    '%2e%2e%2f',
    'true',
    'null',
    'undefined',
    '[object Object]',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
  ],
  ...[
    '-1',
    '0',
    '1',
    '99999999999999999999',
    '1e309',
    'NaN',
    '0x10',
    '2026-02-31',
    '0000-00-00',
    '275760-09-14',
    '1.5',
  ],
  ...['[::1]:99999', '127.0.0.1:-1', '::ffff:1.2.3.4', '2001:db8::/129', '\r\nx: y', 'a'.repeat(5000), '٣'],
];

export const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), fc.string({ unit: 'binary', maxLength: 60 }));

const oddNumber = fc.constantFrom(-1, 0, 1, 0.5, 1e308, -1e308, 2 ** 53, 65_536, 99_999_999_999);

const deep = fc.integer({ min: 1, max: 2000 }).map((levels) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
});

export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: oddText },
  { weight: 2, arbitrary: oddNumber },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}) },
  { weight: 2, arbitrary: fc.array(oddText, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.dictionary(oddText, oddText, { maxKeys: 4 }) },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: fc.constant(Array.from({ length: 5000 }, (_, at) => at)) },
);

/** What the schema asks for, mostly, with something else in its place now and then. */
function bent(schema: Json): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 5, arbitrary: asAsked(schema) }, { weight: 2, arbitrary: oddValue });
}

function asAsked(schema: Json): fc.Arbitrary<unknown> {
  const choices = schema.enum as unknown[] | undefined;
  if (choices) return fc.constantFrom(...choices);
  if ('const' in schema) return fc.constant(schema.const);
  const others = [...((schema.anyOf ?? schema.oneOf ?? []) as Json[])];
  if (others.length > 0) return fc.oneof(...others.map(bent));
  const all = schema.allOf as Json[] | undefined;
  if (all)
    return fc
      .tuple(...all.map(asAsked))
      .map((parts) => Object.assign({}, ...parts.filter((one) => typeof one === 'object')));
  if (schema.properties) return objectOf(schema.properties as Record<string, Json>);
  if (schema.type === 'array') return fc.array(bent((schema.items ?? {}) as Json), { maxLength: 4 });
  const examples = schema.examples as unknown[] | undefined;
  if (examples) return fc.constantFrom(...examples);
  if (schema.type === 'string') return fc.oneof(fc.constantFrom('web-1', 'Ada', '1', 'ada'), oddText);
  if (schema.type === 'integer' || schema.type === 'number') return fc.oneof(fc.nat(1000), oddNumber);
  return fc.oneof(fc.boolean(), oddValue);
}

/** Each field is left out now and then; and there may be one that nobody has asked for. */
function objectOf(properties: Record<string, Json>): fc.Arbitrary<object> {
  const fields = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, bent(one)])),
    { requiredKeys: [] },
  );
  const more = fc.dictionary(oddText, oddValue, { maxKeys: 1 });
  return fc
    .tuple(fields, fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, more))
    .map(([own, other]) => ({ ...other, ...own }));
}

export interface HostileRequest {
  readonly method: string;
  /** With its query, as it is sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** In a path, as it is sent; some of it can't be decoded. */
const pathPart = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('1', '2', 'web-1', 'nightly', '127.0.0.1', '999999') },
  { weight: 2, arbitrary: oddText.map((text) => encodeURIComponent(sendable(text)) || '%20') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%', '%E0%A4%A', '%ff', '%00', '..%2f..', 'a;b', "'", '*', 'a'.repeat(3000)),
  },
);

export const hostileHeaders = fc.record(
  {
    accept: fc.constantFrom('application/json', 'text/html', '*/*', '', 'q=;;,', 'application/json;q=0'),
    'hx-request': fc.constant('true'),
    'idempotency-key': fc.constantFrom(
      'x',
      '"',
      '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
      '"'.repeat(40),
      'y'.repeat(300),
    ),
    'if-match': fc.constantFrom('*', '"1"', '"', 'W/"1"', '1', '","', 'x'.repeat(2000)),
    'if-none-match': fc.constantFrom('*', '"1"', '"', 'W/', 'x'.repeat(2000)),
    'accept-encoding': fc.constantFrom('br', 'gzip', '*;q=0', 'identity;q=0', 'x'),
    range: fc.constantFrom('bytes=0-', 'bytes=9-1', 'x'),
  },
  { requiredKeys: [] },
);

export const queryOf = (names: readonly string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(fc.oneof(fc.constantFrom('after', 'limit', 'x[]', '__proto__', ...names), oddText), oddText),
      {
        maxLength: 4,
      },
    )
    .map((pairs) =>
      pairs.map((pair) => pair.map((text) => encodeURIComponent(sendable(text))).join('=')).join('&'),
    );

export interface Target {
  readonly method: string;
  /** With `{name}` or `:name` for what is chosen. */
  readonly path: string;
  readonly query: readonly string[];
  readonly body: Json | null;
}

export const filled = (path: string): fc.Arbitrary<string> => {
  const parts = path.split('/');
  return fc
    .tuple(...parts.map((part) => (/^[{:]/.test(part) ? pathPart : fc.constant(part))))
    .map((chosen) => chosen.join('/'));
};

export const whole = (path: string, query: string): string => (query === '' ? path : `${path}?${query}`);

export const hostileJson = (targets: readonly Target[]): fc.Arbitrary<HostileRequest> =>
  fc.constantFrom(...targets).chain(({ method, path, query, body }) => {
    const sent = fc.oneof(
      { weight: 8, arbitrary: (body ? bent(body) : oddValue).map((value) => JSON.stringify(value)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '',
          '{',
          '[1,',
          '\ufeff{}',
          'nul',
          '"\\ud800"',
          ' '.repeat(300_000),
          '{"a":1}}',
        ),
      },
    );
    const type = fc.oneof(
      { weight: 9, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/plain',
          'application/json; charset=utf-16',
          'multipart/form-data',
          ';',
        ),
      },
    );
    return fc
      .tuple(filled(path), queryOf(query), hostileHeaders, sent, type)
      .map(([to, asked, given, text, contentType]) => ({
        ...{ method, path: whole(to, asked) },
        ...(method === 'GET'
          ? { headers: given, body: undefined }
          : { headers: { ...given, 'content-type': contentType }, body: text }),
      }));
  });

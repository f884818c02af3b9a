/*
 * Snapshots that nobody would wish for: names of markup, formulas, controls, halves of characters, ten thousand letters, or nothing.
 * Made by fast-check; what they say of numbers does not tie out, which a form must bear.
 */
import fc from 'fast-check';
import { DRIFT_KINDS, SEVERITIES } from '../../src/domain/drift.js';
import { FINDING_STATES } from '../../src/domain/finding.js';
import { PORT_STATES } from '../../src/domain/observation.js';
import { ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';

const NASTY = [
  '',
  ' ',
  '\n\n',
  '<script>alert(1)</script>"><img src=x onerror=alert(1)>',
  ']]>&amp;<!--',
  '=HYPERLINK("http://elsewhere.test","x")',
  '+1+cmd|',
  '@SUM(1)',
  '\u202egnp.exe\u2066\u200b\ufeff',
  '\u0000\u001b[2J\u0085\u2028\u2029',
  '\ud800 half, \udc00 and half',
  '\uffff\ufffe',
  '# heading\n- item\n1. one',
  '[a link](javascript:alert(1)) ![x](y) {{ insert: param, x }} {0} `code` *b* _i_ ~~s~~',
  'w'.repeat(10_000),
  '東京 ελληνικά и 한국어',
  'name@example.test',
  '..',
  '/etc/../%2e%2e/ a?b#c',
  '2026-13-45',
] as const;

const nastyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
);

const instant = fc
  .date({ min: new Date('2001-01-01T00:00:00Z'), max: new Date('2199-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const day = instant.map((text) => text.slice(0, 10));
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const few = <T>(one: fc.Arbitrary<T>) => fc.array(one, { maxLength: 4 });
const count = fc.nat(1_000_000);
const ports = fc.constantFrom('', '22', '1-65535', '22,80,8000-8100');
const address = fc.oneof(fc.constantFrom('127.0.0.2', '::1', '2001:db8::17', '198.51.100.7'), nastyText);

const finding = fc.record({
  key: nastyText,
  kind: fc.constantFrom(...DRIFT_KINDS),
  host: nastyText,
  address: maybe(address),
  port: maybe(fc.nat(65_535)),
  declared: maybe(fc.constantFrom('open', 'closed', 'filtered', 'undeclared')),
  observed: maybe(fc.constantFrom(...PORT_STATES)),
  service: maybe(nastyText),
  owner: maybe(nastyText),
  severity: fc.constantFrom(...SEVERITIES),
  severityReasons: few(nastyText),
  state: fc.constantFrom(...FINDING_STATES),
  firstSeen: instant,
  lastSeen: instant,
  evidence: nastyText,
  advice: nastyText,
  isNew: fc.boolean(),
  acceptedUntil: maybe(day),
});

const host = fc.record({
  host: nastyText,
  address,
  owner: maybe(nastyText),
  tags: few(nastyText),
  verdict: fc.constantFrom('match', 'drift', 'unknown'),
  probed: count,
  open: ports,
  closed: ports,
  filtered: ports,
  unreachable: ports,
  unknown: ports,
  medianConnectMs: maybe(fc.double({ min: 0, max: 1e6, noNaN: true })),
});

export const generatedSnapshot: fc.Arbitrary<ReportSnapshot> = fc
  .record({
    format: fc.constant('portolan-report/1'),
    title: nastyText,
    audit: nastyText,
    run: nastyText,
    verdict: fc.constantFrom('clean', 'drift', 'inconclusive', 'failed'),
    because: nastyText,
    coverage: fc.record({ expected: count, probed: count, answered: count, unknown: count }),
    scopes: few(
      fc.record({
        name: nastyText,
        allow: few(nastyText),
        exclude: few(nastyText),
        authorisedBy: nastyText,
        until: maybe(day),
      }),
    ),
    findings: few(finding),
    resolved: few(finding),
    hosts: few(host),
    exceptions: few(
      fc.record({
        host: nastyText,
        ports,
        reason: nastyText,
        approvedBy: nastyText,
        expires: day,
        expired: fc.boolean(),
      }),
    ),
    owners: few(fc.record({ id: nastyText, name: nastyText, email: maybe(nastyText) })),
    inventory: fc.record({
      path: nastyText,
      sha256: fc.oneof(
        nastyText,
        fc.constant('9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'),
      ),
    }),
    tool: fc.record({ name: fc.constant('portolan'), version: nastyText, engine: nastyText }),
    arguments: few(nastyText),
    ports: nastyText,
    vantage: nastyText,
    startedAt: instant,
    finishedAt: instant,
  })
  // As it would be read where it is stored.
  .map((made) => ReportSnapshot.parse(JSON.parse(JSON.stringify(made))));

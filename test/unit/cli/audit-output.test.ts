/* A run as text: the verdict first, IPv6 in brackets, and nothing from a network or a file that could steer a terminal. */
import { describe, expect, it } from 'vitest';
import { describeRun } from '../../../src/cli/audit-output.js';
import type { ReportFinding, ReportSnapshot } from '../../../src/domain/report/exposure/exposure.js';
import { cleanSnapshot, driftSnapshot } from '../../fixtures/report-snapshots.js';

const BARE: ReportFinding = {
  ...driftSnapshot.findings[0]!,
  kind: 'unexpected-open',
  host: 'web',
  address: '127.0.0.10',
  port: 8000,
  declared: 'closed',
  observed: 'open',
  service: null,
  owner: 'ops',
  severity: 'high',
  state: 'open',
  evidence: 'the handshake completed',
  advice: 'Stop it.',
  acceptedUntil: null,
};

function printed(change: Partial<ReportFinding>, snapshot: Partial<ReportSnapshot> = {}): string[] {
  const findings = [{ ...BARE, ...change }];
  const coverage = { expected: 65535, probed: 65534, answered: 3, unknown: 65532 };
  return describeRun({
    ...driftSnapshot,
    verdict: 'drift',
    because: '1 drift is open',
    findings,
    coverage,
    ...snapshot,
  }).split('\n');
}

describe('a run in a terminal', () => {
  it('begins with the verdict and why, then each finding in three lines, then what was seen', () => {
    expect(printed({}, { hosts: driftSnapshot.hosts.slice(0, 2) })).toEqual([
      'DRIFT  1 drift is open',
      '',
      'high      unexpected-open  127.0.0.10:8000  web · owner ops',
      '          declared closed, observed open: the handshake completed',
      '          Stop it.',
      '',
      '2 hosts, 65,535 ports expected: 65,534 probed, 3 answered, 65,532 unknown',
      '',
    ]);
  });

  it('counts one host and one port as one', () => {
    const coverage = { expected: 1, probed: 1, answered: 1, unknown: 0 };
    expect(printed({}, { hosts: driftSnapshot.hosts.slice(0, 1), coverage }).at(-2)).toBe(
      '1 host, 1 port expected: 1 probed, 1 answered, 0 unknown',
    );
  });

  it.each([
    ['an IPv6 address in brackets', { address: '::1' }, '[::1]:8000  web · owner ops'],
    ['a whole host without a port', { port: null }, '127.0.0.10  web · owner ops'],
    ['a port of several addresses', { address: null }, '8000  web · owner ops'],
    ['a host without a name once', { host: '127.0.0.10' }, '127.0.0.10:8000  owner ops'],
    ['the service', { service: 'ssh' }, '127.0.0.10:8000  web · ssh · owner ops'],
    ['that nobody owns it', { owner: null }, '127.0.0.10:8000  web · nobody owns it'],
    ['that it is suspected', { state: 'suspected' }, '127.0.0.10:8000  web · owner ops · suspected'],
    [
      'until when it is accepted',
      { state: 'accepted', acceptedUntil: '2026-12-31' },
      'web · owner ops · accepted until 2026-12-31',
    ],
  ] as const)('shows %s', (_, change, end) => {
    expect(printed(change).find((line) => line.includes('unexpected-open'))).toMatch(
      new RegExp(`${end.replaceAll(/[[\]]/g, '\\$&')}$`),
    );
  });

  it('tells suspected ones apart from those that are open, and after them', () => {
    const suspected: ReportFinding = { ...BARE, state: 'suspected', port: 9000 };
    const lines = printed({}, { findings: [suspected, BARE] });
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(at('127.0.0.10:8000')).toBe(2);
    expect(lines[6]).toBe('Suspected, and confirmed by no fresh look:');
    expect(at('127.0.0.10:9000')).toBe(8);
  });

  it('compares nothing where nothing was observed', () => {
    expect(printed({ observed: null, declared: null })[3]).toBe('          the handshake completed');
  });

  it('shows what would steer the terminal as its code', () => {
    const text = printed({ host: 'we\u202eb', evidence: 'a\u001b[2Jb\nc' }).join('\n');
    expect(text).toContain('we[U+202E]b');
    expect(text).toContain('a[U+001B][2Jb c');
    expect(text).not.toContain('\u001b');
  });

  it('says nothing between the verdict and the coverage where nothing was found', () => {
    const lines = describeRun({ ...cleanSnapshot, findings: [] }).split('\n');
    expect(lines).toEqual([
      `CLEAN  ${cleanSnapshot.because}`,
      '',
      expect.stringContaining('ports expected'),
      '',
    ]);
  });
});

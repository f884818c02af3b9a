/* What an alert says: all of it where details are wanted, and nothing that tells where else. */
import { describe, expect, it } from 'vitest';
import { alertLines, alertText } from '../../../src/alerts/alert-text.js';
import { alertOf, findingOf } from '../../support/alerts.js';

const ALL = { details: true };
const DISCREET = { details: false };

it('with details: a title, how many, a line a finding, how many more, why, and the link', () => {
  const alert = alertOf({
    total: 7,
    counts: { critical: 1, high: 6, medium: 0, low: 0 },
    findings: [findingOf({}), findingOf({ address: null, port: null, service: null, severity: 'high' })],
  });
  expect(alertLines(alert, ALL)).toEqual([
    '[critical] Two drifts have been found at crane-team',
    '7 findings: 1 critical, 6 high',
    'critical: unexpected-open on atlas (203.0.113.7), port 22 (ssh): it was declared closed, and answered',
    'high: unexpected-open on atlas: it was declared closed, and answered',
    'and 5 more',
    'You are told because the route at inventory.yml:12 matches it.',
    'https://portolan.example/findings?group=7',
  ]);
});

it('without details: the title, how many of which severity, and the link', () => {
  expect(alertLines(alertOf({}), DISCREET)).toEqual([
    '[critical] Two drifts have been found at crane-team',
    '2 findings: 1 critical, 1 low',
    'https://portolan.example/findings?group=7',
  ]);
});

describe('without details a title that tells too much is replaced', () => {
  it.each([
    'Port 22 is open on atlas',
    'ATLAS is in trouble',
    'atlas.harbour.example is in trouble',
    'something at 203.0.113.7',
    'something at 198.51.100.9, which no finding has',
    'something at 2001:db8::7',
    'ssh is open',
    'it was declared closed, and answered',
    '22 is open',
    'here: "atlas"',
  ])('%s', (title) => {
    const findings = [findingOf({}), findingOf({ host: 'atlas.harbour.example' })];
    expect(alertText(alertOf({ title, findings }), DISCREET).title).toBe('[critical] a drift has been found');
  });

  it('a word that merely contains a name is none', () => {
    const title = 'Atlases, 2200 sshd';
    expect(alertText(alertOf({ title }), DISCREET).title).toBe(`[critical] ${title}`);
  });
});

describe('without details a link that tells too much is shortened', () => {
  it.each([
    ['https://p.example/hosts/atlas', 'https://p.example/'],
    ['https://p.example/hosts/%61tlas', 'https://p.example/'],
    ['https://p.example/hosts/203.0.113.7', 'https://p.example/'],
    ['https://p.example/findings?host=atlas&x=1', 'https://p.example/findings'],
    ['https://p.example/findings?port=22', 'https://p.example/findings'],
    ['https://p.example/findings#ssh', 'https://p.example/findings'],
    ['https://p.example:8080/findings/0123', 'https://p.example:8080/findings/0123'],
  ])('%s', (url, link) => expect(alertText(alertOf({ url }), DISCREET).link).toBe(link));
});

it('a link is a web address without markup, or none', () => {
  const linkOf = (url: string | null): string | null => alertText(alertOf({ url }), ALL).link;
  expect(linkOf('https://p.example/a|b>(c)[d]"e')).toBe('https://p.example/a%7Cb%3E%28c%29%5Bd%5D%22e');
  expect(linkOf('http://[::1]:8080/')).toBe('http://[::1]:8080/');
  expect(linkOf('https://user:password@p.example/a')).toBe('https://p.example/a');
  for (const none of ['javascript:alert(1)', 'not an address', `https://p.example/${'a'.repeat(2000)}`, null])
    expect(linkOf(none)).toBe(null);
});

it('one finding alone is what the link leads to, where nothing else is', () => {
  const one = findingOf({ url: 'https://p.example/findings/1' });
  expect(alertText(alertOf({ url: null, total: 1, findings: [one] }), ALL).link).toBe(one.url);
  expect(alertText(alertOf({ url: null, total: 2, findings: [one] }), ALL).link).toBe(null);
});

it('says when it is over, and when it is a test', () => {
  const titleOf = (alert: Parameters<typeof alertOf>[0]): string => alertText(alertOf(alert), ALL).title;
  expect(titleOf({ cause: 'resolved', isOver: true })).toMatch(/^\[over] /);
  expect(titleOf({ cause: 'resolved', isOver: false })).toMatch(/^\[partly over] /);
  expect(titleOf({ cause: 'test' })).toMatch(/^\[test] /);
});

it('what others wrote is on one line, visible, and not longer than it helps', () => {
  const finding = findingOf({ evidence: `a\r\nb\u202ec\0 ${'long '.repeat(500)}`, host: 'x'.repeat(500) });
  const [{ evidence, subject } = expect.fail()] = alertText(alertOf({ findings: [finding] }), ALL).findings;
  expect(evidence).toMatch(/^a b\[U\+202E]c\[U\+0000] long .*long…$/);
  expect(evidence.length).toBeLessThanOrEqual(400);
  expect(subject).toBe(`unexpected-open on ${'x'.repeat(99)}… (203.0.113.7), port 22 (ssh)`);
});

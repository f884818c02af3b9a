/*
 * A thousand texts of others through every channel: none of them takes effect, all of them can be read, and no limit is
 * broken, however long they are.
 */
import { describe, expect, it } from 'vitest';
import type { GuardedRequest } from '../../../src/alerts/guarded-http.js';
import type { Alert } from '../../../src/domain/alert.js';
import { visibleText } from '../../../src/domain/visible-text.js';
import { alertOf, findingOf } from '../../support/alerts.js';
import { CASES, type Case } from '../../support/channels.js';
import { hostileTexts } from '../../support/hostile-texts.js';
import { seenBy } from '../../support/provider-eyes.js';

const TEXTS = hostileTexts(1000);

function requestOf({ request, receiver, secret }: Case, alert: Alert, details = true): GuardedRequest {
  const prepared = request({ alert, receiver: { ...receiver, details }, secret });
  return 'unsendable' in prepared ? expect.fail(prepared.unsendable) : prepared;
}

/** It stands wherever something of others can stand. */
const alertWith = (text: string): Alert =>
  alertOf({
    title: `What has been found: ${text}`,
    because: `somebody is ${text}`,
    audit: text,
    findings: [
      findingOf({
        ...{ host: text, address: text, service: text, owner: text, declared: text, observed: text },
        ...{ evidence: text, advice: text, since: text, dueAt: text, url: text, id: text },
      }),
      findingOf({ severity: 'low' }),
    ],
  });

/** What is left of a text whichever way blanks in it are taken. */
const letters = (text: string): string => text.replace(/\s/g, '');

describe.each(CASES)('$name', (one) => {
  it('none of a thousand takes effect', () => {
    const { url } = requestOf(one, alertOf({}));
    expect(TEXTS).toHaveLength(1000);
    for (const text of TEXTS) {
      const made = requestOf(one, alertWith(text));
      expect([text, seenBy(one.name, made).problems]).toEqual([text, []]);
      expect(made.url).toBe(url);
    }
  });

  it('and each can be read', () => {
    let read = 0;
    for (const text of TEXTS) {
      const shown = visibleText(text).trim();
      // Longer ones are cut, and there the beginning is what can be read.
      if (shown.length > 90) continue;
      expect(letters(seenBy(one.name, requestOf(one, alertWith(text))).text)).toContain(letters(shown));
      read++;
    }
    expect(read).toBeGreaterThan(500);
  });

  it('without details none of them is there', () => {
    for (const text of TEXTS.slice(0, 100)) {
      const made = requestOf(one, alertWith(`${text} mooring-7`), false);
      expect(seenBy(one.name, made).problems).toEqual([]);
      expect(made.body).not.toContain('mooring-7');
    }
  });

  it.each([
    ...[
      'word ',
      'x',
      '&',
      '<',
      '"',
      "'",
      '\\',
      '*',
      '_',
      '@',
      '😀',
      '中',
      '\0',
      '\u202e',
      '{{',
      'é',
      '\u{10ffff}',
    ],
  ])('keeps the limits with twenty findings of %j', (piece) => {
    const long = piece.repeat(5000);
    const findings = Array.from({ length: 20 }, () =>
      findingOf({ evidence: long, advice: long, service: long, host: long, owner: long }),
    );
    const alert = alertOf({ findings, total: 500, title: long, because: long, audit: long });
    const { problems, text } = seenBy(one.name, requestOf(one, alert));
    expect(problems).toEqual([]);
    if (one.name === 'webhook') return;
    const shown = text.split(/critical: ?\n?unexpected-open|critical \n?unexpected-open/).length - 1;
    expect(shown).toBeGreaterThan(0);
    expect(text).toMatch(new RegExp(`and ${500 - shown} more`));
    expect(text).toContain('…');
  });

  it('keeps a long link, and drops one that no channel would take', () => {
    const linkOf = (length: number): string => `https://portolan.example/${'a'.repeat(length - 25)}`;
    const [kept, dropped] = [
      requestOf(one, alertOf({ url: linkOf(500) })),
      requestOf(one, alertOf({ url: linkOf(501) })),
    ];
    expect([kept.body.includes(linkOf(500)), dropped.body.includes(linkOf(501))]).toEqual([true, false]);
  });
});

describe('a provider’s eyes see what is planted, so that the tests above can fail', () => {
  it.each<[Case['name'], string]>([
    ['slack', '<!channel>'],
    ['slack', '&unknown;'],
    ['teams', '<at>Everyone</at>'],
    ['teams', '{{DATE(x)}}'],
    ['discord', '@everyone'],
    ['discord', '[x](y)'],
    ['discord', '**x**'],
    ['telegram', '<b onclick>x</b>'],
    ['telegram', '</code>@name<code>'],
    ['telegram', '&nbsp;'],
    ['whatsapp', 'a    b'],
    ['whatsapp', '*x*'],
    ['whatsapp', 'a\nb'],
    ['opsgenie', '<img>'],
    ['matrix', '<img>'],
    ['matrix', '</code><a href="https://evil.example">x</a><code>'],
    ...CASES.map(({ name }): [Case['name'], string] => [name, '\u202e']),
  ])('%s %j', (name, planted) => {
    const one = CASES.find((some) => some.name === name)!;
    const made = requestOf(one, alertOf({}));
    // The name stands in the title that all channels show, and in the lines of those that show no title.
    const body = made.body.replaceAll(/atlas|Two drifts/g, () => JSON.stringify(planted).slice(1, -1));
    expect(seenBy(name, { ...made, body }).problems).not.toEqual([]);
  });

  it.each(CASES)('$name: a text over its limit', ({ name }) => {
    const made = requestOf(CASES.find((one) => one.name === name)!, alertOf({}));
    const body = made.body.replaceAll(/atlas|Two drifts/g, 'x'.repeat(70_000));
    expect(seenBy(name, { ...made, body }).problems).not.toEqual([]);
  });

  it('a header that would become two', () => {
    const made = requestOf(CASES[0]!, alertOf({}));
    expect(seenBy('slack', { ...made, headers: { a: 'b\r\nc: d' } }).problems).toEqual(['the header a']);
  });
});

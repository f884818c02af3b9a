/* What a message says, and that nobody else's words become a header of it: read again by a parser, from the folder or from a server. */
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import PostalMime, { type Email } from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SenderTools } from '../../../src/alerts/sender.js';
import { sendEmail } from '../../../src/alerts/senders/email.js';
import type { Alert } from '../../../src/domain/alert.js';
import { alertOf, findingOf, receiverOf } from '../../support/alerts.js';
import { openMailHarbour } from '../../support/mail-harbour.js';
import { NEVER_STOPPED, senderTools } from '../../support/sender-tools.js';

let root: string;
let tools: SenderTools;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'portolan-mail-'));
  const usual = senderTools();
  tools = { ...usual, mail: { ...usual.mail, folder: join(root, 'mail') } };
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function written(alert: Alert, details = true, to: readonly string[] = ['ada@x.test']): Promise<Email> {
  await rm(tools.mail.folder, { recursive: true, force: true });
  const receiver = receiverOf({ type: 'email', to }, details);
  expect(await sendEmail({ alert, receiver, secret: null }, tools, NEVER_STOPPED)).toMatchObject({
    ok: true,
  });
  const [file, ...others] = await readdir(tools.mail.folder);
  expect(others).toEqual([]);
  return PostalMime.parse(await readFile(join(tools.mail.folder, file!)));
}

const header = (email: Email, name: string): string[] =>
  email.headers.filter(({ key }) => key === name).map(({ value }) => value);

describe('a message', () => {
  it('says in text and in HTML what it is about, what to do and where', async () => {
    const finding = findingOf({ dueAt: '2026-07-08T12:00:00.000Z' });
    const one = { total: 1, counts: { critical: 1, high: 0, medium: 0, low: 0 }, findings: [finding] };
    const { subject, text, html, from, to } = await written(alertOf(one));
    expect(subject).toBe('[critical] Two drifts have been found at crane-team');
    expect(from).toEqual({ name: 'Portolan', address: 'portolan@harbour.test' });
    expect(to).toEqual([{ name: '', address: 'ada@x.test' }]);
    expect(text).toContain(
      [
        '1. critical: unexpected-open on atlas (203.0.113.7), port 22 (ssh)',
        '   declared closed, observed open',
        '   owned by crane-team; open since 2026-07-01 12:00 UTC; due by 2026-07-08 12:00 UTC',
        '   it was declared closed, and answered',
        '   To do: Close the port, or declare it.',
        '   https://portolan.example/findings/5f1c9f8e',
      ].join('\n'),
    );
    for (const word of [
      'atlas',
      '203.0.113.7',
      '22',
      'ssh',
      'closed',
      'open',
      '2026-07-01 12:00',
      '2026-07-08',
    ])
      expect(html).toContain(word);
    expect(html).toContain('href="https://portolan.example/findings/5f1c9f8e"');
    expect(html?.startsWith('<!doctype html>')).toBe(true);
  });

  it('does not say that nothing was observed where nobody has looked', async () => {
    const finding = findingOf({ kind: 'owner-missing', declared: 'open', observed: null });
    const { text } = await written(alertOf({ findings: [finding] }));
    expect(text).toContain('   declared open\n');
    expect(text).not.toContain('observed');
  });

  it('without details names nothing, in whatever field it stood', async () => {
    const alert = alertOf({
      title: 'Port 22 of atlas is open',
      url: 'https://portolan.example/findings?host=atlas',
    });
    const { subject, text, html, headers } = await written(alert, false);
    const all = [subject, text, html, ...headers.map(({ value }) => value)].join('\n');
    expect(all).not.toMatch(/atlas|203\.0\.113\.7|\bssh\b|8080|answered|declared closed|crane-team/);
    expect(all).not.toMatch(/port 22|>22</i);
    expect(subject).toBe('[critical] a drift has been found');
    expect(text).toContain('2 findings: 1 critical, 1 low');
    expect(html).toContain('href="https://portolan.example/findings"');
  });

  it('tells how many it leaves out', async () => {
    const { text, html } = await written(alertOf({ total: 9 }));
    expect(text).toContain('\n\nand 7 more\n');
    expect(html).toContain('and 7 more');
  });

  it('is answered by no absence note', async () => {
    const email = await written(alertOf({}));
    expect(header(email, 'auto-submitted')).toEqual(['auto-generated']);
    expect(header(email, 'x-auto-response-suppress')).toEqual(['All']);
  });

  it('has one id on every try, and refers to what all of its matter refer to', async () => {
    const first = await written(alertOf({ key: 'a' }));
    const again = await written(alertOf({ key: 'a', title: 'another' }), false);
    const later = await written(alertOf({ key: 'b', isOver: true, cause: 'resolved' }));
    const other = await written(alertOf({ key: 'c', thread: 'another' }));
    expect(again.messageId).toBe(first.messageId);
    expect(later.messageId).not.toBe(first.messageId);
    expect(first.messageId).toMatch(/^<[0-9a-f]{32}@harbour\.test>$/);
    expect(later.inReplyTo).toBe(first.inReplyTo);
    expect(header(later, 'references')).toEqual([first.inReplyTo]);
    expect(other.inReplyTo).not.toBe(first.inReplyTo);
    expect(later.subject).toMatch(/^\[over\]/);
  });

  it('of twenty findings with long words is short enough not to be cut by those who read it', async () => {
    const long = 'long words '.repeat(100);
    const findings = Array.from({ length: 20 }, () =>
      findingOf({ evidence: long, advice: long, host: long }),
    );
    const { html } = await written(alertOf({ findings, total: 20 }));
    expect(Buffer.byteLength(html!)).toBeLessThan(100_000);
  });
});

describe('the folder', () => {
  it('keeps a repeat once, under a name that begins with the time', async () => {
    const receiver = receiverOf({ type: 'email', to: [] });
    const out = { alert: alertOf({}), receiver, secret: null };
    await rm(tools.mail.folder, { recursive: true, force: true });
    for (let tries = 0; tries < 2; tries++) await sendEmail(out, tools, NEVER_STOPPED);
    await sendEmail({ ...out, alert: alertOf({ key: 'another' }) }, tools, NEVER_STOPPED);
    const names = await readdir(tools.mail.folder);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^2026-07-01T12-05-00-[0-9a-f]{32}\.eml$/);
  });

  it('takes what nobody has an address for, also where there is a server', async () => {
    const receiver = receiverOf({ type: 'email', to: [] });
    const mail = { ...tools.mail, url: 'smtp://127.0.0.1:1' };
    await rm(tools.mail.folder, { recursive: true, force: true });
    const sent = await sendEmail(
      { alert: alertOf({}), receiver, secret: null },
      { ...tools, mail },
      NEVER_STOPPED,
    );
    expect(sent).toEqual({ ok: true, detail: expect.stringContaining(tools.mail.folder) });
    const [name] = await readdir(tools.mail.folder);
    expect(await readFile(join(tools.mail.folder, name!), 'utf8')).toMatch(
      /^To: "?undisclosed-recipients"?:;\r$/m,
    );
  });

  it('that can’t be written is not for good', async () => {
    const file = join(root, 'a-file');
    await writeFile(file, '');
    await chmod(file, 0o400);
    const mail = { ...tools.mail, folder: join(file, 'mail') };
    const receiver = receiverOf({ type: 'email', to: [] });
    const sent = await sendEmail(
      { alert: alertOf({}), receiver, secret: null },
      { ...tools, mail },
      NEVER_STOPPED,
    );
    expect(sent).toMatchObject({
      ok: false,
      isFinal: false,
      why: expect.stringMatching(/can’t be written: /),
    });
  });
});

const HOSTILE = fc.oneof(
  fc.constantFrom(
    'x\r\nBcc: eve@x.test',
    'x\nSubject: another',
    'x\r\n\r\n<script>alert(1)</script>',
    'x\r\n.\r\nQUIT\r\n',
    '=?utf-8?q?=0D=0ABcc:_eve@x.test?=',
    '"><img src=x onerror=alert(1)>',
    '{{title}}{{{title}}}',
    '\u2028Bcc: eve@x.test\u2029',
    '\u202eesrever\u0000\ud800',
    `${'=?utf-8?B?'}${'A'.repeat(900)}?=`,
    'a'.repeat(5000),
    '🦑'.repeat(400),
  ),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('\r', '\n', ':', ' ', 'B', 'c', '<', '>', '@', '"', '=', '?', '\0'),
    maxLength: 60,
  }),
);

const HEADERS = [
  'auto-submitted',
  'content-type',
  'date',
  'from',
  'in-reply-to',
  'message-id',
  'mime-version',
  'references',
  'subject',
  'to',
  'x-auto-response-suppress',
];
const PRIORITY = ['importance', 'x-msmail-priority', 'x-priority'];

function hostileAlert(words: readonly string[]): Alert {
  const [title = '', host = '', service = '', owner = '', evidence = ''] = words;
  const [advice = '', because = '', audit = '', key = '', thread = ''] = words.slice(5);
  const finding = findingOf({ host, service, owner, evidence, advice });
  return alertOf({ title, because, audit, key, thread, findings: [finding], total: 1 });
}

describe('words that others chose', () => {
  it('become no header, no receiver and no element: a thousand of them, as a server was sent them', async () => {
    const harbour = await openMailHarbour({ offersTls: false });
    const through = { ...tools, mail: { ...tools.mail, url: `smtp://127.0.0.1:${harbour.port}` } };
    const strings = fc.sample(HOSTILE, { numRuns: 1000, seed: 7 });
    const sendTen = async (at: number): Promise<void> => {
      const alert = hostileAlert(strings.slice(at, at + 10));
      const receiver = { ...receiverOf({ type: 'email', to: ['ada@x.test'] }), name: alert.title };
      const sent = await sendEmail({ alert, receiver, secret: null }, through, NEVER_STOPPED);
      expect(sent).toMatchObject({ ok: true });
    };
    for (let at = 0; at < strings.length; at += 100)
      await Promise.all(Array.from({ length: 10 }, (_, one) => sendTen(at + one * 10)));
    await harbour.close();
    expect(harbour.delivered).toHaveLength(100);
    for (const { raw, to } of harbour.delivered) {
      expect(to).toEqual(['ada@x.test']);
      const email = await PostalMime.parse(raw);
      const names = email.headers.map(({ key }) => key).sort();
      expect(names).toEqual([...HEADERS, ...PRIORITY].sort());
      expect(email).toMatchObject({
        to: [{ name: '', address: 'ada@x.test' }],
        from: { name: 'Portolan', address: 'portolan@harbour.test' },
      });
      expect(email.subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      expect(email.html).not.toMatch(/<script|<img|onerror=alert\(1\)>$/i);
      for (const line of raw.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(998);
    }
  }, 120_000);
});

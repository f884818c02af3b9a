/* Alerts by e-mail, handed to a real server on 127.0.0.1 and read again by a parser: how they get there, and what is said where they do not. */
import { createServer, type Server } from 'node:net';
import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Outgoing, SenderTools } from '../../../src/alerts/sender.js';
import { sendEmail } from '../../../src/alerts/senders/email.js';
import { handOver, smtpOptions } from '../../../src/alerts/senders/smtp.js';
import { alertOf, receiverOf } from '../../support/alerts.js';
import { certificateFor } from '../../support/certificates.js';
import { GOOD, type MailHarbour, type MailManners, openMailHarbour } from '../../support/mail-harbour.js';
import { freePort } from '../../support/program.js';
import { NEVER_STOPPED, senderTools } from '../../support/sender-tools.js';

const EXPIRED = certificateFor(['127.0.0.1'], new Date('2020-01-01'), new Date('2020-01-02'));
const STRANGER = certificateFor(['another.test']);

const opened: Array<MailHarbour | { close(): unknown }> = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const one of opened.splice(0)) await one.close();
});

async function harbour(manners?: MailManners): Promise<MailHarbour> {
  const open = await openMailHarbour(manners);
  opened.push(open);
  return open;
}

const toolsFor = (url: string, { cert } = GOOD): SenderTools => {
  const tools = senderTools({ authorities: cert });
  return { ...tools, mail: { ...tools.mail, url } };
};

type EmailOut = Parameters<typeof sendEmail>[0];

function out(to: readonly string[], given: Partial<Outgoing> = {}): EmailOut {
  const receiver = receiverOf({ type: 'email', to });
  return { alert: alertOf({}), receiver, secret: null, ...given } as EmailOut;
}

const send = (given: EmailOut, url: string, signal = NEVER_STOPPED) =>
  sendEmail(given, toolsFor(url), signal);

describe('an alert goes', () => {
  it('by STARTTLS, signed in', async () => {
    const { port, delivered } = await harbour({ login: 'me@x.test:pass word' });
    const sent = await send(out(['ada@x.test']), `smtp://me%40x.test:pass%20word@127.0.0.1:${port}`);
    expect(sent).toEqual({ ok: true, detail: expect.stringContaining('kept as 4711') });
    expect(delivered).toMatchObject([{ to: ['ada@x.test'], isSecure: true, user: 'me@x.test' }]);
  });

  it('by TLS from the start', async () => {
    const { port, delivered } = await harbour({ secure: true });
    expect(await send(out(['ada@x.test']), `smtps://127.0.0.1:${port}`)).toMatchObject({ ok: true });
    expect(delivered).toMatchObject([{ isSecure: true }]);
  });

  it('in the clear to this machine where it offers nothing else', async () => {
    const { port, delivered } = await harbour({ offersTls: false });
    expect(await send(out(['ada@x.test']), `smtp://127.0.0.1:${port}`)).toMatchObject({ ok: true });
    expect(delivered).toMatchObject([{ isSecure: false }]);
  });

  it('never in the clear to another machine', async () => {
    const { port, delivered } = await harbour({ offersTls: false });
    expect(smtpOptions('smtp://127.0.0.1').requireTLS).toBe(false);
    const options = { ...smtpOptions('smtp://mail.example'), host: '127.0.0.1', port };
    const handed = await handOver({ from: 'a@x.test', to: 'b@x.test', text: 'x' }, options, NEVER_STOPPED);
    expect(handed).toEqual({
      ok: false,
      of: 'server',
      why: expect.stringContaining('can’t be spoken to under TLS'),
    });
    expect(delivered).toEqual([]);
  });

  it('to each address by itself', async () => {
    const { port, delivered } = await harbour();
    const sent = await send(out(['ada@x.test', 'bob@x.test']), `smtp://127.0.0.1:${port}`);
    expect(sent).toEqual({ ok: true, detail: expect.stringMatching(/^taken over for 2 addresses: 250 /) });
    const parsed = await Promise.all(delivered.map(({ raw }) => PostalMime.parse(raw)));
    expect(delivered.map(({ to }) => to)).toEqual([['ada@x.test'], ['bob@x.test']]);
    expect(parsed.map(({ to }) => to)).toEqual([
      [{ name: '', address: 'ada@x.test' }],
      [{ name: '', address: 'bob@x.test' }],
    ]);
  });
});

describe('a server that says no', () => {
  const url = ({ port }: MailHarbour) => `smtp://127.0.0.1:${port}`;

  it('to one address for good: the others are told, and so is that', async () => {
    const answer = (address: string) =>
      address === 'gone@x.test' ? { code: 550, words: '5.1.1 no such\u0007 user' } : null;
    const open = await harbour({ answer });
    const sent = await send(out(['gone@x.test', 'ada@x.test']), url(open));
    expect(sent).toEqual({
      ok: false,
      isFinal: true,
      retryAfterMs: null,
      taken: ['ada@x.test'],
      why: expect.stringMatching(
        /^gone@x\.test: the mail server 127\.0\.0\.1:\d+ refuses it: 550 5\.1\.1 no such/,
      ),
    });
    expect(JSON.stringify(sent)).not.toContain('\\u0007');
  });

  it('to one address for now: the next try leaves out those that have it', async () => {
    let isBusy = true;
    const answer = (address: string) =>
      isBusy && address === 'grey@x.test' ? { code: 450, words: '4.7.1 greylisted' } : null;
    const open = await harbour({ answer });
    const to = ['ada@x.test', 'grey@x.test'];
    const first = await send(out(to), url(open));
    expect(first).toMatchObject({ ok: false, isFinal: false, taken: ['ada@x.test'] });
    isBusy = false;
    expect(await send(out(to, { taken: ['ada@x.test'] }), url(open))).toMatchObject({ ok: true });
    expect(open.delivered.flatMap((one) => one.to)).toEqual(to);
  });

  it.each([
    [554, true],
    [451, false],
  ])('to the message with %i', async (code, isFinal) => {
    const open = await harbour({ verdict: () => ({ code, words: 'not this one' }) });
    const sent = await send(out(['ada@x.test']), url(open));
    expect(sent).toMatchObject({
      ok: false,
      isFinal,
      taken: [],
      why: expect.stringContaining(`${code} not`),
    });
  });

  it('to the user: not for good, and without our password, though the server repeats it', async () => {
    const { port } = await harbour({ login: 'me:another' });
    const sent = await send(out(['ada@x.test']), `smtp://me:hunter2-canary@127.0.0.1:${port}`);
    expect(sent).toMatchObject({
      ok: false,
      isFinal: false,
      why: expect.stringContaining('refuses the user'),
    });
    expect(JSON.stringify(sent)).not.toContain('canary');
    expect(JSON.stringify(sent)).toContain('me with … is nobody');
  });

  it.each([
    '',
    'ada',
    'ada@',
    'a da@x.test',
    'ada@x.test\r\nBcc: eve@x.test',
    'ada@x.test,eve@x.test',
    '<ada@x.test>',
  ])('is not asked about %j, which is no address', async (address) => {
    const open = await harbour();
    const sent = await send(out([address, 'ada@x.test']), url(open));
    expect(sent).toMatchObject({ ok: false, isFinal: true, taken: ['ada@x.test'] });
    expect(open.delivered.flatMap(({ to }) => to)).toEqual(['ada@x.test']);
  });
});

describe('a server that can’t be reached is not for good:', () => {
  it.each([
    ['its certificate has expired', EXPIRED],
    ['its certificate is for another name', STRANGER],
  ])('%s', async (words, certificate) => {
    for (const secure of [false, true]) {
      const { port, delivered } = await harbour({ certificate, secure });
      const tools = toolsFor(`${secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`, certificate);
      const sent = await sendEmail(out(['ada@x.test']), tools, NEVER_STOPPED);
      expect(sent).toMatchObject({ ok: false, isFinal: false, why: expect.stringContaining(words) });
      expect(delivered).toEqual([]);
    }
  });

  it('its authority is not known', async () => {
    const { port } = await harbour({ certificate: GOOD });
    const tools = senderTools();
    const mail = { ...tools.mail, url: `smtp://127.0.0.1:${port}` };
    const sent = await sendEmail(out(['ada@x.test']), { ...tools, mail }, NEVER_STOPPED);
    expect(sent).toMatchObject({
      ok: false,
      isFinal: false,
      why: expect.stringContaining('signed by nobody'),
    });
  });

  it('nobody listens', async () => {
    const sent = await send(out(['ada@x.test', 'bob@x.test']), `smtp://127.0.0.1:${await freePort()}`);
    expect(sent).toMatchObject({
      ok: false,
      isFinal: false,
      why: expect.stringContaining('was refused'),
    });
  });

  it('it never greets', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => AbortSignal.any([timeoutAfter(300)]));
    const { port } = await silent();
    const sent = await send(out(['ada@x.test']), `smtp://127.0.0.1:${port}`);
    expect(sent).toMatchObject({
      ok: false,
      isFinal: false,
      why: expect.stringContaining('does not answer in 20 s'),
    });
  });

  it('the service is stopped meanwhile', async () => {
    const { port } = await silent();
    const sent = await send(out(['ada@x.test']), `smtp://127.0.0.1:${port}`, timeoutAfter(200));
    expect(sent).toMatchObject({ ok: false, isFinal: false, why: expect.stringContaining('was stopped') });
  });
});

function timeoutAfter(ms: number): AbortSignal {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), ms);
  return stop.signal;
}

/** Takes a connection and says nothing. */
async function silent(): Promise<{ port: number }> {
  const server: Server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() });
  return { port: (server.address() as { port: number }).port };
}

/*
 * What becomes of a try, for every channel and every kind of answer: taken, refused for good, or to be tried again, and when.
 * Whatever is said, the secret is not in it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { retryAfter } from '../../../src/alerts/exchange.js';
import type { Sent } from '../../../src/alerts/sender.js';
import { alertOf } from '../../support/alerts.js';
import { CASES, type Case, type HttpsChannel } from '../../support/channels.js';
import { type Answer, HttpsHarbour, NOW } from '../../support/https-harbour.js';

const SIGNAL = new AbortController().signal;
let harbour: HttpsHarbour;
beforeAll(async () => {
  harbour = await HttpsHarbour.open();
});
afterAll(() => harbour.close());

/** Sends, gets the answer, and holds what is said of it against the secret. */
async function answered({ send, receiver, secret }: Case, answer: Answer): Promise<Sent> {
  harbour.answer = answer;
  const sent = await send({ alert: alertOf({}), receiver, secret }, harbour.tools, SIGNAL);
  harbour.take();
  for (const piece of piecesOf(secret)) expect(JSON.stringify(sent)).not.toContain(piece);
  return sent;
}

/** Whatever of it is long enough to be used, or to be found by. */
const piecesOf = (secret: string): string[] =>
  secret
    .split(/[/:?&=.]|whsec_/)
    .filter((piece) => piece.length >= 8 && !/slack|teams|discord|workflows|webhooks/.test(piece));

const caseOf = (name: HttpsChannel): Case => CASES.find((one) => one.name === name)!;
const json = (body: unknown): string => JSON.stringify(body);

describe.each(CASES)('$name', (one) => {
  it('is final where the secret or the address is refused', async () => {
    for (const status of [401, 403])
      expect(await answered(one, { status })).toEqual({
        ok: false,
        why: `the secret was refused (${status}); set it anew`,
        isFinal: true,
        retryAfterMs: null,
      });
    for (const status of [404, 410])
      expect(await answered(one, { status })).toMatchObject({
        ok: false,
        why: expect.stringContaining(`(${status}); set its secret or address anew`),
        isFinal: true,
      });
  });

  it('is final where the message is refused', async () => {
    for (const status of [400, 405, 413, 422])
      expect(await answered(one, { status })).toMatchObject({ ok: false, isFinal: true, retryAfterMs: null });
  });

  it('is tried again where the other side has trouble or no time', async () => {
    for (const status of [408, 425, 429, 500, 502, 503, 504])
      expect(await answered(one, { status }), String(status)).toMatchObject({
        ...{ ok: false, isFinal: false, retryAfterMs: null, why: expect.stringContaining(`(${status})`) },
      });
  });

  it('waits as long as Retry-After says, in seconds or as a date, and a day at most', async () => {
    const waits = async (header: string, status = 429): Promise<number | null> => {
      const sent = await answered(one, { status, headers: { 'retry-after': header } });
      return sent.ok ? expect.fail() : sent.retryAfterMs;
    };
    expect(await waits('30')).toBe(30_000);
    expect(await waits('30', 503)).toBe(30_000);
    expect(await waits(new Date(NOW.getTime() + 90_000).toUTCString())).toBe(89_500);
    expect(await waits('Wed, 01 Jan 2020 00:00:00 GMT')).toBe(0);
    expect(await waits('999999999')).toBe(86_400_000);
    expect(await waits('soon')).toBe(null);
    expect(await waits('30', 400)).toBe(null);
  });

  it('never follows a redirect, and is final', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const headers = { location: 'https://127.0.0.1:1/elsewhere' };
      expect(await answered(one, { status, headers })).toEqual({
        ok: false,
        why: `the answer was a redirect (${status}); redirects are refused`,
        isFinal: true,
        retryAfterMs: null,
      });
    }
  });

  it('does not repeat the secret, however the other side puts it', async () => {
    const { secret } = one;
    for (const echo of [
      secret,
      encodeURIComponent(secret),
      secret.toUpperCase(),
      secret.slice(-12),
      `x${secret.slice(3, 20)}y`,
    ]) {
      const words = {
        message: echo,
        description: echo,
        error: echo,
        errors: [echo],
        errcode: echo,
        requestId: echo,
        id: echo,
      };
      for (const status of [200, 400, 429]) {
        const meta = status % 2 === 0 ? { error: { message: echo, code: echo } } : {};
        await answered(one, {
          status,
          body: json({
            ...words,
            ...meta,
            status: 'success',
            event_id: echo,
            ok: true,
            result: { message_id: echo },
            messages: [{ id: echo }],
          }),
        });
        await answered(one, { status, body: echo });
      }
    }
  });

  it('without a secret, or with one of another kind, is not tried', async () => {
    if (one.name === 'ntfy') return;
    const { send, receiver } = one;
    for (const secret of [null, '', 'x\r\ninjected: y']) {
      const sent = await send({ alert: alertOf({}), receiver, secret }, harbour.tools, SIGNAL);
      // PagerDuty's is in the body, where a line break breaks nothing.
      if (one.name === 'pagerduty' && secret) harbour.take();
      else expect(sent).toMatchObject({ ok: false, isFinal: true });
      expect(JSON.stringify(sent)).not.toContain('injected');
    }
    expect(harbour.heard).toEqual([]);
  });

  it('is to be tried again where the service stops in the middle', async () => {
    const { send, receiver, secret } = one;
    const sent = await send({ alert: alertOf({}), receiver, secret }, harbour.tools, AbortSignal.abort());
    expect(sent).toEqual({
      ok: false,
      why: 'the service is being stopped',
      isFinal: false,
      retryAfterMs: null,
    });
    expect(harbour.heard).toEqual([]);
  });
});

describe('a 2xx that does not say what is documented is no delivery, and is tried again', () => {
  const PORTAL = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
  // A webhook of one's own may answer what it likes.
  it.each(CASES.filter(({ name }) => name !== 'webhook'))(
    '$name: a page that wants a sign-in',
    async (one) => {
      expect(await answered(one, PORTAL)).toMatchObject({ ok: false, isFinal: false });
    },
  );

  it.each<[HttpsChannel, string]>([
    ['slack', '{"ok":false}'],
    ['telegram', json({ ok: false, result: { message_id: 1 } })],
    ['pagerduty', json({ status: 'invalid event' })],
    ['discord', '{}'],
    ['whatsapp', json({ messages: [] })],
    ['opsgenie', '[]'],
    ['ntfy', 'null'],
    ['matrix', '{"event_id":{}}'],
  ])('%s: %s', async (name, body) => {
    expect(await answered(caseOf(name), { status: 200, body })).toMatchObject({ ok: false, isFinal: false });
  });
});

describe('what a provider says of its own', () => {
  it.each<[HttpsChannel, Answer, Partial<Extract<Sent, { ok: false }>>]>([
    [
      'slack',
      { status: 410, body: 'channel_is_archived' },
      { why: expect.stringMatching(/: channel_is_archived$/), isFinal: true },
    ],
    [
      'telegram',
      {
        status: 429,
        body: json({ ok: false, description: 'Too Many Requests', parameters: { retry_after: 17 } }),
      },
      { why: 'it wants fewer messages (429): Too Many Requests', isFinal: false, retryAfterMs: 17_000 },
    ],
    [
      'discord',
      {
        status: 429,
        body: json({ message: 'You are being rate limited.', retry_after: 0.65, global: false }),
      },
      { isFinal: false, retryAfterMs: 650 },
    ],
    [
      'discord',
      { status: 429, headers: { 'retry-after': '2' }, body: json({ retry_after: 1.5 }) },
      { isFinal: false, retryAfterMs: 2000 },
    ],
    [
      'matrix',
      { status: 429, body: json({ errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 2500 }) },
      { why: 'it wants fewer messages (429): M_LIMIT_EXCEEDED', retryAfterMs: 2500 },
    ],
    [
      'whatsapp',
      { status: 400, body: json({ error: { code: 130429, message: '(#130429) Rate limit hit' } }) },
      { why: 'the message was not accepted (400): (#130429) Rate limit hit', isFinal: false },
    ],
    [
      'whatsapp',
      { status: 400, body: json({ error: { code: 132001, message: 'Template name does not exist' } }) },
      { isFinal: true },
    ],
    [
      'pagerduty',
      { status: 400, body: json({ status: 'invalid event', errors: ["'routing_key' is missing"] }) },
      { why: "the message was not accepted (400): 'routing_key' is missing", isFinal: true },
    ],
    [
      'opsgenie',
      { status: 422, body: json({ message: 'Request body is not processable.' }) },
      { why: 'the message was not accepted (422): Request body is not processable.' },
    ],
    [
      'teams',
      { status: 400, body: json({ error: { code: 'WorkflowTriggerIsNotEnabled', message: 'x' } }) },
      { why: 'the message was not accepted (400): WorkflowTriggerIsNotEnabled' },
    ],
    ['ntfy', { status: 400, body: json({ code: 40009, error: 'invalid request' }) }, { isFinal: true }],
  ])('%s %o', async (name, answer, expected) => {
    expect(await answered(caseOf(name), answer)).toMatchObject({ ok: false, ...expected });
  });

  it('is made visible, and cut short', async () => {
    const body = json({ description: `a\n\u202eb ${'c '.repeat(5000)}` });
    const sent = await answered(caseOf('telegram'), { status: 400, body });
    if (sent.ok) expect.fail();
    expect(sent.why).toMatch(/: a \[U\+202E]b c .*…$/);
    expect(sent.why.length).toBeLessThan(250);
  });
});

it('a Retry-After is read only where it is one', () => {
  expect(retryAfter(undefined, NOW)).toBe(null);
  for (const odd of ['', '-1', '1e3', '0x10', '2026', '1 2', 'Wed', '2026-07-01T12:07:00Z'])
    expect([odd, retryAfter(odd, NOW)]).toEqual([odd, odd === '2026' ? 2_026_000 : null]);
  expect(retryAfter(' 5 ', NOW)).toBe(5000);
});

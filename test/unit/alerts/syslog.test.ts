/* Alerts by syslog, to a collector on 127.0.0.1 that reads them after the RFC's own grammar. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { GuardedSockets } from '../../../src/alerts/guarded-connect.js';
import { sendSyslog } from '../../../src/alerts/senders/syslog.js';
import type { Alert, AlertFinding } from '../../../src/domain/alert.js';
import { visibleText } from '../../../src/domain/visible-text.js';
import { alertOf, findingOf, receiverOf } from '../../support/alerts.js';
import { certificateFor } from '../../support/certificates.js';
import { freePort } from '../../support/program.js';
import { NEVER_STOPPED, senderTools } from '../../support/sender-tools.js';
import {
  openSyslogHarbour,
  parseCef,
  type SyslogHarbour,
  type SyslogMessage,
} from '../../support/syslog-harbour.js';

const GOOD = certificateFor(['127.0.0.1']);
const EXPIRED = certificateFor(['127.0.0.1'], new Date('2020-01-01'), new Date('2020-01-02'));
const ALLOWED = new Set(['127.0.0.1']);

const opened: SyslogHarbour[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function harbour(...given: Parameters<typeof openSyslogHarbour>): Promise<SyslogHarbour> {
  const open = await openSyslogHarbour(...given);
  opened.push(open);
  return open;
}

interface How {
  readonly tls?: boolean;
  readonly format?: 'rfc5424' | 'cef';
  readonly details?: boolean;
  readonly host?: string;
  readonly authorities?: string;
  readonly signal?: AbortSignal;
}

function send(port: number, alert: Alert, how: How = {}) {
  const { tls = false, format = 'rfc5424', details = true, host = '127.0.0.1', authorities } = how;
  const connect = new GuardedSockets(ALLOWED, authorities === undefined ? {} : { authorities });
  const receiver = receiverOf({ type: 'syslog', host, port, tls, format }, details);
  return sendSyslog({ alert, receiver, secret: null }, senderTools({ connect }), how.signal ?? NEVER_STOPPED);
}

describe('an alert as RFC 5424', () => {
  it.each([false, true])('is a line a finding and one for the rest, counted (TLS: %s)', async (tls) => {
    const open = await harbour(tls ? GOOD : undefined);
    const sent = await send(open.port, alertOf({ total: 5 }), { tls, authorities: GOOD.cert });
    expect(sent).toEqual({ ok: true, detail: '3 lines were written' });
    const [first, second, rest, ...others] = open.messages();
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      ...{ facility: 16, severity: 2, timestamp: '2026-07-01T12:05:00.000Z', app: 'portolan', id: 'opened' },
      hasMark: true,
      text: 'opened: critical: unexpected-open on atlas (203.0.113.7), port 22 (ssh): it was declared closed, and answered',
    });
    expect(first!.structured['portolan@32473']).toEqual({
      ...{ key: 'alert-0001', thread: 'group-crane-team-1', severity: 'critical', over: 'false', total: '5' },
      ...{
        id: findingOf({}).id,
        kind: 'unexpected-open',
        state: 'open',
        host: 'atlas',
        address: '203.0.113.7',
      },
      ...{ port: '22', service: 'ssh', owner: 'crane-team', declared: 'closed', observed: 'open' },
      ...{ advice: 'Close the port, or declare it.', since: '2026-07-01T12:00:00.000Z' },
      url: 'https://portolan.example/findings/5f1c9f8e',
    });
    expect(second).toMatchObject({ severity: 5, structured: { 'portolan@32473': { port: '8080' } } });
    expect(rest!.text).toBe('[critical] Two drifts have been found at crane-team: and 3 more');
  });

  it('of nothing in particular is one line', async () => {
    const open = await harbour();
    const counts = { critical: 0, high: 0, medium: 0, low: 0 };
    await send(open.port, alertOf({ cause: 'stale', severity: 'high', findings: [], total: 0, counts }));
    expect(open.messages()).toMatchObject([{ severity: 3, id: 'stale' }]);
  });

  it('that is over is no alarm', async () => {
    const open = await harbour();
    await send(open.port, alertOf({ cause: 'resolved', isOver: true }));
    expect(open.messages().map(({ severity }) => severity)).toEqual([6, 6]);
  });

  it.each(['rfc5424', 'cef'] as const)(
    'without details is one line that names nothing (%s)',
    async (format) => {
      const open = await harbour();
      await send(open.port, alertOf({ title: 'atlas is open' }), { details: false, format });
      const text = open.received[0]!.toString('utf8');
      expect(text).not.toMatch(/atlas|203\.0\.113|ssh|8080|answered|crane-team[^-]/);
      expect(open.messages()).toHaveLength(1);
    },
  );
});

describe('an alert as CEF', () => {
  it('has seven fields, and keys that ArcSight knows', async () => {
    const open = await harbour();
    await send(open.port, alertOf({ findings: [findingOf({ advice: 'a=b|c\\d' })], total: 1 }), {
      format: 'cef',
    });
    const [message] = open.messages();
    expect(message).toMatchObject({ hasMark: false, structured: {} });
    const { fields, extension } = parseCef(message!.text);
    expect(fields).toMatchObject(
      ['CEF:0', 'Portolan', 'Portolan', /./, 'unexpected-open', 'opened: unexpected-open', '10'].map((one) =>
        typeof one === 'string' ? one : expect.stringMatching(one),
      ),
    );
    expect(extension).toMatchObject({
      ...{ rt: '1782907500000', dhost: 'atlas', dst: '203.0.113.7', dpt: '22', app: 'ssh', cs4: 'a=b|c\\d' },
      ...{ cs1Label: 'declared', cs1: 'closed', cs2Label: 'observed', cs2: 'open' },
    });
  });

  it('gives an IPv6 address the field that takes one', async () => {
    const open = await harbour();
    const findings = [findingOf({ address: '2001:db8::7' })];
    await send(open.port, alertOf({ findings, total: 1 }), { format: 'cef' });
    const { extension } = parseCef(open.messages()[0]!.text);
    expect(extension).toMatchObject({ c6a3: '2001:db8::7', c6a3Label: 'Destination IPv6 Address' });
    expect(extension.dst).toBeUndefined();
  });
});

const HOSTILE = fc.oneof(
  fc.constantFrom(
    'x"] evil [a b="c',
    'x\\',
    '\\"]\\]',
    'x\n<0>1 - - - - - - another',
    '12 <0>1 ',
    'a|b|c',
    'x cs1=evil dst=203.0.113.99',
    'x\\=y =',
    '\ufeff\u0000\u2028\ud800',
    'é'.repeat(700),
    '🦑'.repeat(700),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('"', '\\', ']', '[', '=', '|', ' ', '\n', '\r', 'a'), maxLength: 40 }),
);

function expectInPlace(
  { structured, text, bytes, id }: SyslogMessage,
  finding: AlertFinding | undefined,
  format: 'rfc5424' | 'cef',
): void {
  expect(bytes).toBeLessThanOrEqual(8192);
  expect(id).toBe('opened');
  expect(text).not.toMatch(/[\r\n]/);
  if (format === 'rfc5424') expect(Object.keys(structured)).toEqual(['origin', 'portolan@32473']);
  else expect(parseCef(text).fields).toHaveLength(7);
  if (!finding) return;
  const { cs3, cs4 } = format === 'cef' ? parseCef(text).extension : {};
  const { owner, advice } = structured['portolan@32473'] ?? { owner: cs3, advice: cs4 };
  const shown = [visibleText(finding.owner!), visibleText(finding.advice)];
  for (const [at, value] of [owner, advice].entries())
    if (shown[at]!.length < 300) expect(value ?? '').toBe(shown[at]);
}

describe('words that others chose', () => {
  it.each(['rfc5424', 'cef'] as const)('stay in their place: a thousand of them (%s)', async (format) => {
    const open = await harbour();
    const strings = fc.sample(HOSTILE, { numRuns: 1000, seed: 11 });
    for (let at = 0; at < strings.length; at += 50) {
      const findings = Array.from({ length: 10 }, (_, one) => {
        const [host, service, owner, evidence, advice] = strings.slice(at + one * 5) as string[];
        return findingOf({
          host: host!,
          service: service!,
          owner: owner!,
          evidence: evidence!,
          advice: advice!,
        });
      });
      const alert = alertOf({ title: strings[at]!, key: strings[at]!, findings, total: 11 });
      expect(await send(open.port, alert, { format })).toEqual({ ok: true, detail: '11 lines were written' });
      const messages = open.messages();
      expect(messages).toHaveLength(11);
      for (const [place, message] of messages.entries()) expectInPlace(message, findings[place], format);
    }
  });
});

describe('a collector that can’t be reached', () => {
  it('is asked again', async () => {
    const sent = await send(await freePort(), alertOf({}));
    expect(sent).toEqual({
      ok: false,
      isFinal: false,
      retryAfterMs: null,
      why: 'the connection was refused',
    });
  });

  it.each([
    ['its certificate has expired', EXPIRED, EXPIRED.cert],
    ['signed by nobody', GOOD, undefined],
  ])('for %s', async (why, certificate, authorities) => {
    const open = await harbour(certificate);
    const sent = await send(open.port, alertOf({}), { tls: true, ...(authorities ? { authorities } : {}) });
    expect(sent).toMatchObject({ ok: false, isFinal: false, why: expect.stringContaining(why) });
    expect(open.received.flatMap((one) => [...one])).toEqual([]);
  });

  it('because it breaks off, has not got it', async () => {
    const open = await harbour(undefined, (socket) => socket.resetAndDestroy());
    expect(await send(open.port, alertOf({}))).toMatchObject({ ok: false, isFinal: false });
  });

  it('before the service is stopped, is asked after its next start', async () => {
    const open = await harbour(undefined, (socket) => socket.pause());
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const sent = await send(open.port, alertOf({}), { signal: stop.signal });
    expect(sent).toMatchObject({ ok: false, isFinal: false, why: 'the service is being stopped' });
  });

  it('because it is inside a network that nobody has allowed, is never asked', async () => {
    const open = await harbour();
    for (const host of ['127.0.0.2', 'localhost', '::1']) {
      const sent = await send(open.port, alertOf({}), { host });
      expect(sent).toMatchObject({ ok: false, isFinal: true, why: expect.stringContaining('leads inside') });
    }
    expect(open.received).toEqual([]);
  });
});

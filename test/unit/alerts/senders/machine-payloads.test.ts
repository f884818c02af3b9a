/*
 * What the providers hear that act on an alert by themselves, against what their documentation asks for: one incident a matter,
 * from its beginning to its end, and a signature that anybody can check.
 */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../../src/domain/alert.js';
import { alertOf } from '../../../support/alerts.js';
import { type HttpsChannel, RECEIVERS, SECRETS } from '../../../support/channels.js';
import { type Heard, HttpsHarbour, NOW } from '../../../support/https-harbour.js';
import { LINE, LINK, type Told, tellBy } from '../../../support/telling.js';

let harbour: HttpsHarbour;
beforeAll(async () => {
  harbour = await HttpsHarbour.open();
});
afterAll(() => harbour.close());

const tell = (
  name: HttpsChannel,
  alert?: Partial<Alert>,
  some?: Parameters<typeof tellBy>[3],
): Promise<Told> => tellBy(harbour, name, alert, some);

describe('PagerDuty Events API v2', () => {
  it('an alert triggers the incident of its thread', async () => {
    const { sent, heard, json } = await tell('pagerduty');
    expect(sent).toEqual({ ok: true, detail: '202 success' });
    expect([heard.method, heard.host, heard.path]).toEqual(['POST', 'events.pagerduty.com', '/v2/enqueue']);
    expect(json).toMatchObject({
      routing_key: SECRETS.pagerduty,
      event_action: 'trigger',
      dedup_key: 'group-crane-team-1',
      client_url: LINK,
      links: [{ href: LINK, text: 'Open in Portolan' }],
      payload: {
        summary: '[critical] Two drifts have been found at crane-team · 2 findings: 1 critical, 1 low',
        source: 'atlas',
        severity: 'critical',
        timestamp: '2026-07-01T12:05:00.000Z',
      },
    });
    expect(json.payload.custom_details.findings[0]).toBe(LINE);
  });

  it('its end resolves it, by the same key', async () => {
    const { json } = await tell('pagerduty', { cause: 'resolved', isOver: true });
    expect(json).toEqual({
      ...{ routing_key: SECRETS.pagerduty, event_action: 'resolve', dedup_key: 'group-crane-team-1' },
    });
  });

  it('goes to the region that the account is in', async () => {
    const receiver = { ...RECEIVERS.pagerduty, region: 'eu' as const };
    expect((await tell('pagerduty', {}, { receiver })).heard.host).toBe('events.eu.pagerduty.com');
  });

  it('what is over in part resolves nothing', async () => {
    expect((await tell('pagerduty', { cause: 'resolved', isOver: false })).json.event_action).toBe('trigger');
  });

  it.each([
    ...([
      ['critical', 'critical'],
      ['high', 'error'],
      ['medium', 'warning'],
      ['low', 'info'],
    ] as const),
  ])('%s is its %s', async (severity, theirs) => {
    expect((await tell('pagerduty', { severity })).json.payload.severity).toBe(theirs);
  });

  it('a thread longer than a key may be has a shorter one, always the same', async () => {
    const keyOf = async (thread: string): Promise<string> =>
      (await tell('pagerduty', { thread })).json.dedup_key;
    const [first, again, other] = [
      await keyOf('a'.repeat(300)),
      await keyOf('a'.repeat(300)),
      await keyOf('a'.repeat(301)),
    ];
    expect(first.length).toBeLessThanOrEqual(255);
    expect([again === first, other === first]).toEqual([true, false]);
  });
});

describe('Opsgenie Alert API', () => {
  it('an alert is created under its thread’s alias', async () => {
    const { sent, heard, json } = await tell('opsgenie');
    expect(sent).toEqual({ ok: true, detail: '202 43a29c5c' });
    expect([heard.method, heard.host, heard.path]).toEqual(['POST', 'api.eu.opsgenie.com', '/v2/alerts']);
    expect(heard.headers.authorization).toBe(`GenieKey ${SECRETS.opsgenie}`);
    expect(json).toMatchObject({
      message: '[critical] Two drifts have been found at crane-team',
      alias: 'group-crane-team-1',
      priority: 'P1',
      entity: 'atlas',
      source: 'Portolan',
    });
    expect(json.description.split('\n')).toContain(LINE);
  });

  it('its end closes it by the alias, in the region that it is in', async () => {
    const receiver = { ...RECEIVERS.opsgenie, region: 'us' as const };
    const { heard } = await tell('opsgenie', { cause: 'resolved', isOver: true }, { receiver });
    expect([heard.method, heard.host]).toEqual(['POST', 'api.opsgenie.com']);
    expect(heard.path).toBe('/v2/alerts/group-crane-team-1/close?identifierType=alias');
  });

  it('an alias never walks out of its path', async () => {
    const { heard } = await tell('opsgenie', { thread: '../../v1/x?y=', isOver: true });
    expect(heard.path).toMatch(/^\/v2\/alerts\/h_[\da-f]{64}\/close\?identifierType=alias$/);
  });
});

describe('Standard Webhooks', () => {
  const signature = (secret: string, { headers, body }: Heard): string => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  };

  it('id, time and body are signed', async () => {
    const { sent, heard } = await tell('webhook');
    expect(sent).toEqual({ ok: true, detail: '204' });
    expect([heard.method, heard.host, heard.path]).toEqual(['POST', 'hooks.example', '/in?x=1']);
    expect(heard.headers['webhook-id']).toBe('alert-0001');
    expect(heard.headers['webhook-timestamp']).toBe(String(Math.floor(NOW.getTime() / 1000)));
    expect(heard.headers['webhook-signature']).toBe(signature(SECRETS.webhook, heard));
  });

  it('each of several secrets signs, so that one can be changed without a gap', async () => {
    const next = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const { heard } = await tell('webhook', {}, { secret: ` ${next} \n${SECRETS.webhook} ` });
    expect(heard.headers['webhook-signature']).toBe(
      `${signature(next, heard)} ${signature(SECRETS.webhook, heard)}`,
    );
  });

  it('the body is what is documented', async () => {
    const alert = alertOf({});
    const { json } = await tell('webhook');
    expect(json).toEqual({
      type: 'portolan.alert.v1',
      timestamp: alert.at,
      data: { ...alert, at: undefined, title: '[critical] Two drifts have been found at crane-team' },
    });
  });

  it('an id with a dot, which the signature could not tell from its own, becomes a digest', async () => {
    const { heard } = await tell('webhook', { key: 'a.b' });
    expect(heard.headers['webhook-id']).toMatch(/^h_[\da-f]{64}$/);
    expect(heard.headers['webhook-signature']).toBe(signature(SECRETS.webhook, heard));
  });
});

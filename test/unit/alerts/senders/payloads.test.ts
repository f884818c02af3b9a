/*
 * What each provider of messages hears, against what its documentation asks for: a real HTTPS request to the provider's own
 * name, with a certificate for it, taken by a server on loopback.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../../src/domain/alert.js';
import { CASES, type HttpsChannel, RECEIVERS, SECRETS } from '../../../support/channels.js';
import { HttpsHarbour } from '../../../support/https-harbour.js';
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

it('Slack: Block Kit by the incoming webhook, and `ok`', async () => {
  const { sent, heard, json } = await tell('slack');
  expect(sent).toEqual({ ok: true, detail: '200 ok' });
  expect([heard.method, heard.host, heard.path]).toEqual([
    ...['POST', 'hooks.slack.com', '/services/T0AAAA/B0BBBB/sLaCkSeCrEt0123456789'],
  ]);
  expect(json.text).toBe('[critical] Two drifts have been found at crane-team');
  expect(json.mrkdwn).toBe(false);
  expect(json.blocks.map(({ type }: { type: string }) => type)).toEqual([
    ...['header', 'section', 'section', 'section', 'context', 'section'],
  ]);
  expect(json.blocks[0].text).toEqual({ type: 'plain_text', text: json.text, emoji: false });
  expect(json.blocks[2].text.text.split('\n')).toEqual([
    ...[LINE, 'Close the port, or declare it.', 'owned by crane-team; open since 2026-07-01 12:00 UTC'],
  ]);
  expect(json.blocks[5].text.text).toBe(`<${LINK}|Open in Portolan>`);
});

it('Teams: an Adaptive Card in a message, by the workflow’s webhook', async () => {
  const { sent, heard, json } = await tell('teams');
  expect(sent).toEqual({ ok: true, detail: '202' });
  expect(heard.path).toBe(SECRETS.teams.replace('https://flow.teams.example:443', ''));
  expect(json.type).toBe('message');
  const [{ contentType, content }] = json.attachments;
  expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
  expect([content.type, content.version]).toEqual(['AdaptiveCard', '1.4']);
  expect(content.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open in Portolan', url: LINK }]);
  expect(content.body[0].inlines[0]).toMatchObject({
    ...{ type: 'TextRun', text: '[critical] Two drifts have been found at crane-team', color: 'Attention' },
  });
  expect(JSON.stringify(content)).toContain('unexpected-open on atlas (203.0.113.7), port 22 (ssh)');
});

it('Discord: an embed, nobody mentioned, and the message’s id', async () => {
  const { sent, heard, json } = await tell('discord');
  expect(sent).toEqual({ ok: true, detail: '200 1234567890' });
  expect(heard.path).toBe('/api/webhooks/112233445566778899/DiScOrDsEcReT_abc-123?wait=true');
  expect(json.allowed_mentions).toEqual({ parse: [] });
  expect(json.embeds).toHaveLength(1);
  expect(json.embeds[0]).toMatchObject({
    title: '\\[critical\\] Two drifts have been found at crane\\-team',
    url: LINK,
    color: 0xb71c1c,
    timestamp: '2026-07-01T12:05:00.000Z',
    footer: { text: 'You are told because the route at inventory.yml:12 matches it.' },
  });
  expect(json.embeds[0].description).toContain(
    '**critical** unexpected\\-open on atlas \\(203\\.0\\.113\\.7\\)',
  );
});

it('Telegram: sendMessage with HTML, by the token in the path', async () => {
  const { sent, heard, json } = await tell('telegram');
  expect(sent).toEqual({ ok: true, detail: '200 42' });
  expect([heard.method, heard.host]).toEqual(['POST', 'api.telegram.org']);
  expect(heard.path).toBe(`/bot${SECRETS.telegram}/sendMessage`);
  expect(json).toEqual({
    chat_id: '-1001234',
    text: [
      '<code>[critical] Two drifts have been found at crane-team</code>',
      '<b>2 findings: 1 critical, 1 low</b>',
      `<code>${LINE}</code>`,
      '<code>low: unexpected-open on atlas (203.0.113.7), port 8080: it was declared closed, and answered</code>',
      '<code>You are told because the route at inventory.yml:12 matches it.</code>',
      `<a href="${LINK}">Open in Portolan</a>`,
    ].join('\n'),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  });
});

it('WhatsApp: the approved template with one parameter, by the Cloud API', async () => {
  const { sent, heard, json } = await tell('whatsapp');
  expect(sent).toEqual({ ok: true, detail: '200 wamid.XYZ=' });
  expect([heard.host, heard.path]).toEqual(['graph.facebook.com', '/v23.0/106540352242922/messages']);
  expect(heard.headers.authorization).toBe(`Bearer ${SECRETS.whatsapp}`);
  const [parameter] = json.template.components[0].parameters;
  expect(json).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '491512345',
    type: 'template',
    template: {
      name: 'portolan_alert',
      language: { code: 'en' },
      components: [{ type: 'body', parameters: [parameter] }],
    },
  });
  expect(parameter.type).toBe('text');
  expect(parameter.text).toContain(` | ${LINE} | `);
  expect(parameter.text.endsWith(` | ${LINK}`)).toBe(true);
});

describe('ntfy', () => {
  it('publishes as JSON, with title, priority, tags and click', async () => {
    const { sent, heard, json } = await tell('ntfy');
    expect(sent).toEqual({ ok: true, detail: '200 xE73Iyuabi' });
    expect([heard.method, heard.host, heard.path]).toEqual(['POST', 'ntfy.example', '/']);
    expect(heard.headers.authorization).toBe(`Bearer ${SECRETS.ntfy}`);
    expect(json).toEqual({
      topic: 'harbour_alerts',
      title: '[critical] Two drifts have been found at crane-team',
      message: expect.stringContaining(LINE),
      priority: 5,
      tags: ['rotating_light', 'opened'],
      click: LINK,
    });
  });

  it('without a token goes without one, and what is over wakes nobody', async () => {
    const { heard, json } = await tell('ntfy', { isOver: true }, { secret: null });
    expect(heard.headers.authorization).toBeUndefined();
    expect([json.priority, json.tags[0]]).toEqual([2, 'white_check_mark']);
  });
});

it('Matrix: a message with HTML, by a transaction that the alert’s key names', async () => {
  const { sent, heard, json } = await tell('matrix');
  expect(sent).toEqual({ ok: true, detail: '200 $abc:matrix.example' });
  expect([heard.method, heard.host]).toEqual(['PUT', 'matrix.example']);
  expect(heard.path).toBe(
    '/_matrix/client/v3/rooms/!abc%2F..%3Amatrix.example/send/m.room.message/alert-0001',
  );
  expect(heard.headers.authorization).toBe(`Bearer ${SECRETS.matrix}`);
  expect(json).toMatchObject({ msgtype: 'm.text', format: 'org.matrix.custom.html', 'm.mentions': {} });
  expect(json.body.split('\n')).toContain(LINE);
  expect(json.formatted_body).toContain(`<li><code>${LINE}</code></li>`);
  expect(json.formatted_body).toContain(`<a href="${LINK}">Open in Portolan</a>`);
});

describe('without details', () => {
  const TELLING =
    /atlas|203\.0\.113\.7|\b22\b|8080|ssh|declared closed|crane-chat|Close the port|inventory\.yml/;

  it.each(CASES.map(({ name }) => name))('%s says how much, and where, and nothing else', async (name) => {
    const receiver = { ...RECEIVERS[name], details: false };
    const { heard, json } = await tell(name, { title: 'atlas:22 is open', isOver: false }, { receiver });
    expect(heard.body).not.toMatch(TELLING);
    expect(JSON.stringify(json)).toContain('a drift has been found');
    expect(heard.body.replace(/\\\\/g, '')).toMatch(/portolan\.example\/findings/);
    if (name !== 'webhook') expect(heard.body).toMatch(/2 findings\\{0,2}: 1 critical\\{0,2}, 1 low/);
    else expect(json.data).toMatchObject({ total: 2, counts: { critical: 1, low: 1 }, findings: [] });
  });

  it('the same alert with details says it, so that the test above can fail', async () => {
    for (const { name } of CASES) expect((await tell(name)).heard.body, name).toMatch(TELLING);
  });
});

/*
 * Every channel that goes by HTTPS, once: its receiver, its secret, its sender, the pure function that makes its request, and
 * the answer that its provider's documentation promises. What holds for all of them is tested over this list.
 */
import type { Prepared } from '../../src/alerts/exchange.js';
import type { Outgoing, Sender } from '../../src/alerts/sender.js';
import { discordRequest, sendDiscord } from '../../src/alerts/senders/discord.js';
import { matrixRequest, sendMatrix } from '../../src/alerts/senders/matrix.js';
import { ntfyRequest, sendNtfy } from '../../src/alerts/senders/ntfy.js';
import { opsgenieRequest, sendOpsgenie } from '../../src/alerts/senders/opsgenie.js';
import { pagerdutyRequest, sendPagerduty } from '../../src/alerts/senders/pagerduty.js';
import { sendSlack, slackRequest } from '../../src/alerts/senders/slack.js';
import { sendTeams, teamsRequest } from '../../src/alerts/senders/teams.js';
import { sendTelegram, telegramRequest } from '../../src/alerts/senders/telegram.js';
import { sendWebhook, webhookRequest } from '../../src/alerts/senders/webhook.js';
import { sendWhatsapp, whatsappRequest } from '../../src/alerts/senders/whatsapp.js';
import type { Receiver } from '../../src/domain/receiver.js';
import { receiverOf } from './alerts.js';
import { type Answer, NOW } from './https-harbour.js';

export const SECRETS = {
  slack: 'https://hooks.slack.com/services/T0AAAA/B0BBBB/sLaCkSeCrEt0123456789',
  teams:
    'https://flow.teams.example:443/workflows/0a1b/triggers/manual/paths/invoke?api-version=1&sig=TeAmSsEcReT99',
  discord: 'https://discord.com/api/webhooks/112233445566778899/DiScOrDsEcReT_abc-123',
  telegram: '123456789:AAtElEgRaMsEcReT_abc-123',
  whatsapp: 'EAAwHaTsApPsEcReT0123456789',
  pagerduty: 'pAgErDuTyKeY0123456789abcdefghij',
  opsgenie: '0p5g3n13-k3y0-4abc-8def-0123456789ab',
  webhook: `whsec_${Buffer.from('0123456789abcdefghijABCDEFGHIJ!!').toString('base64')}`,
  ntfy: 'tk_nTfYsEcReT0123456789',
  matrix: 'syt_mAtRiXsEcReT_0123456789',
};

const SECRET = 'kept elsewhere';
export const RECEIVERS = {
  slack: receiverOf<'slack'>({ type: 'slack', secret: SECRET }),
  teams: receiverOf<'teams'>({ type: 'teams', secret: SECRET }),
  discord: receiverOf<'discord'>({ type: 'discord', secret: SECRET }),
  telegram: receiverOf<'telegram'>({ type: 'telegram', secret: SECRET, chat: '-1001234' }),
  whatsapp: receiverOf<'whatsapp'>({
    ...{ type: 'whatsapp', secret: SECRET, phoneId: '106540352242922', to: '+49 151 2345' },
    ...{ template: 'portolan_alert', language: 'en' },
  }),
  pagerduty: receiverOf<'pagerduty'>({ type: 'pagerduty', secret: SECRET, region: 'us' }),
  opsgenie: receiverOf<'opsgenie'>({ type: 'opsgenie', secret: SECRET, region: 'eu' }),
  webhook: receiverOf<'webhook'>({ type: 'webhook', secret: SECRET, url: 'https://hooks.example/in?x=1' }),
  ntfy: receiverOf<'ntfy'>({ type: 'ntfy', secret: SECRET, url: 'https://ntfy.example/harbour_alerts' }),
  matrix: receiverOf<'matrix'>({
    ...{ type: 'matrix', secret: SECRET, url: 'https://matrix.example/', room: '!abc/..:matrix.example' },
  }),
};

export type HttpsChannel = keyof typeof RECEIVERS;

export interface Case {
  readonly name: HttpsChannel;
  readonly receiver: Receiver;
  readonly secret: string;
  readonly send: Sender;
  readonly request: (out: Outgoing) => Prepared;
  readonly taken: Answer;
}

/** Each is only ever given its own receiver. */
const caseOf = <R extends Receiver>(
  name: HttpsChannel,
  send: Sender<R>,
  request: (out: Outgoing<R>) => Prepared,
  taken: Answer,
): Case => ({
  ...{ name, receiver: RECEIVERS[name], secret: SECRETS[name], taken },
  send: send as unknown as Sender,
  request: request as unknown as Case['request'],
});

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const CASES: readonly Case[] = [
  caseOf('slack', sendSlack, slackRequest, { status: 200, body: 'ok' }),
  caseOf('teams', sendTeams, teamsRequest, { status: 202 }),
  caseOf('discord', sendDiscord, discordRequest, json(200, { id: '1234567890' })),
  caseOf(
    'telegram',
    sendTelegram,
    (out) => telegramRequest(out),
    json(200, { ok: true, result: { message_id: 42 } }),
  ),
  caseOf(
    'whatsapp',
    sendWhatsapp,
    (out) => whatsappRequest(out),
    json(200, { messaging_product: 'whatsapp', messages: [{ id: 'wamid.XYZ=' }] }),
  ),
  caseOf(
    'pagerduty',
    sendPagerduty,
    (out) => pagerdutyRequest(out),
    json(202, { status: 'success', message: 'Event processed', dedup_key: 'x' }),
  ),
  caseOf(
    'opsgenie',
    sendOpsgenie,
    (out) => opsgenieRequest(out),
    json(202, { result: 'Request will be processed', took: 0.3, requestId: '43a29c5c' }),
  ),
  caseOf('webhook', sendWebhook, (out) => webhookRequest(out, NOW), { status: 204 }),
  caseOf('ntfy', sendNtfy, ntfyRequest, json(200, { id: 'xE73Iyuabi', event: 'message' })),
  caseOf('matrix', sendMatrix, matrixRequest, json(200, { event_id: '$abc:matrix.example' })),
];

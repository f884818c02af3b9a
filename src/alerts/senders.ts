/*
 * The senders, by the type of receiver. To add one: its type in domain/receiver.ts and its keys in
 * domain/inventory-alerts-schema.ts, a file in senders/, and its line here.
 */
import type { ChannelType, Receiver } from '../domain/receiver.js';
import type { Sender } from './sender.js';
import { sendDiscord } from './senders/discord.js';
import { sendEmail } from './senders/email.js';
import { sendMatrix } from './senders/matrix.js';
import { sendNtfy } from './senders/ntfy.js';
import { sendOpsgenie } from './senders/opsgenie.js';
import { sendPagerduty } from './senders/pagerduty.js';
import { sendSlack } from './senders/slack.js';
import { sendSyslog } from './senders/syslog.js';
import { sendTeams } from './senders/teams.js';
import { sendTelegram } from './senders/telegram.js';
import { sendWebhook } from './senders/webhook.js';
import { sendWhatsapp } from './senders/whatsapp.js';

type SenderOf = { readonly [T in ChannelType]: Sender<Extract<Receiver, { readonly type: T }>> };

export const SENDERS: SenderOf = {
  email: sendEmail,
  slack: sendSlack,
  teams: sendTeams,
  discord: sendDiscord,
  telegram: sendTelegram,
  whatsapp: sendWhatsapp,
  pagerduty: sendPagerduty,
  opsgenie: sendOpsgenie,
  webhook: sendWebhook,
  syslog: sendSyslog,
  ntfy: sendNtfy,
  matrix: sendMatrix,
};

/*
 * Discord, by a webhook (Discord developer documentation, “Execute Webhook”), as one embed.
 *
 * The promise: every character that could be punctuation of Markdown, of a mention, an emoji or a link has a backslash before it,
 * and `allowed_mentions` is empty, so that nobody is called even where that fails. `wait` makes Discord say which message
 * it has made; without it, it only says that it has heard.
 */
import type { Alert } from '../../domain/alert.js';
import type { Severity } from '../../domain/drift.js';
import type { Receiver } from '../../domain/receiver.js';
import { type AlertText, alertText, type FindingText, moreLine } from '../alert-text.js';
import { cut, howManyFit } from '../cut.js';
import {
  addressIn,
  exchange,
  jsonRequest,
  NO_SECRET,
  NOT_AN_ADDRESS,
  objectIn,
  type Prepared,
  type Reading,
  secondsToMs,
  wordOf,
} from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';

type Discord = Receiver & { readonly type: 'discord' };

/** “Embed Limits”: 6000 characters in all as well, which these add up to less than. */
const TITLE_MOST = 256;
const DESCRIPTION_MOST = 4096;
const FOOTER_MOST = 1000;

export function discordRequest({ alert, receiver, secret }: Outgoing<Discord>): Prepared {
  if (!secret) return NO_SECRET;
  const url = addressIn(secret);
  if (!url) return NOT_AN_ADDRESS;
  url.searchParams.set('wait', 'true');
  const text = alertText(alert, receiver);
  const shown = howManyFit(text.findings.length, DESCRIPTION_MOST, (some) => description(text, some).length);
  const embed = {
    title: literal(cut(text.title, TITLE_MOST, (some) => literal(some).length)),
    description: description(text, shown),
    color: alert.isOver ? GREEN : COLORS[alert.severity],
    ...(text.link === null ? {} : { url: text.link }),
    ...(text.because ? { footer: { text: cut(`You are told because ${text.because}.`, FOOTER_MOST) } } : {}),
    ...timestamp(alert),
  };
  return jsonRequest(url.href, { embeds: [embed], allowed_mentions: { parse: [] } });
}

export const sendDiscord: Sender<Discord> = (out, tools, signal) =>
  exchange(discordRequest(out), out.secret, tools, DISCORD, signal);

const DISCORD: Reading = {
  taken: (answer) => (answer.status === 204 ? '' : wordOf(objectIn(answer).id)),
  reason: (answer) => wordOf(objectIn(answer).message),
  retryAfterMs: (answer) => secondsToMs(objectIn(answer).retry_after),
};

const GREEN = 0x2e7d32;
const COLORS: Record<Severity, number> = {
  critical: 0xb71c1c,
  high: 0xe65100,
  medium: 0xf9a825,
  low: 0x1565c0,
};

function description(text: AlertText, shown: number): string {
  const more = moreLine(text.total - shown);
  return [
    ...(text.summary === null ? [] : [literal(text.summary)]),
    ...text.findings.slice(0, shown).map(paragraph),
    ...(more === null ? [] : [literal(more)]),
  ].join('\n\n');
}

const paragraph = ({ severity, subject, evidence, advice, standing }: FindingText): string =>
  [
    `**${severity}** ${literal(subject)}`,
    ...[evidence, advice, standing].filter((line) => line !== '').map(literal),
  ].join('\n');

/** “Message Formatting”: a backslash takes its meaning from any ASCII punctuation. */
const literal = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, '\\$&');

function timestamp({ at }: Alert): { timestamp?: string } {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? {} : { timestamp: new Date(ms).toISOString() };
}

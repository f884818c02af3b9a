/*
 * Telegram, by a bot (Telegram Bot API, “sendMessage”, “HTML style”).
 *
 * The promise: what others wrote stands in <code>, the only place besides <pre> where Telegram takes no `@name`, `/command`,
 * `#tag` or address for what it looks like; escaping alone does not keep it from that. The trap: the bot's token is a part of the
 * path, so that it is looked at before an address is made of it.
 */
import type { Receiver } from '../../domain/receiver.js';
import { type AlertText, alertText, findingLines } from '../alert-text.js';
import { cut, howManyFit } from '../cut.js';
import { escapeHtml } from '../escape-html.js';
import {
  exchange,
  jsonRequest,
  NO_SECRET,
  objectIn,
  objectOf,
  type Prepared,
  type Reading,
  secondsToMs,
  wordOf,
} from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';

type Telegram = Receiver & { readonly type: 'telegram' };

const BOT_API = 'https://api.telegram.org';
/** Characters once the markup has been read, in UTF-16 units. */
const MESSAGE_MOST = 4096;

export function telegramRequest({ alert, receiver, secret }: Outgoing<Telegram>, base = BOT_API): Prepared {
  if (!secret) return NO_SECRET;
  const token = secret.trim();
  if (!/^\d+:[\w-]+$/.test(token))
    return { unsendable: 'its secret is not a bot’s token; expected 123456:ABC…' };
  const text = alertText(alert, receiver);
  const shown = howManyFit(text.findings.length, MESSAGE_MOST, (some) => sizeOf(linesOf(text, some)));
  return jsonRequest(`${base}/bot${token}/sendMessage`, {
    chat_id: receiver.chat,
    text: linesOf(text, shown).map(markup).join('\n'),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  });
}

export const sendTelegram: Sender<Telegram> = (out, tools, signal) =>
  exchange(telegramRequest(out), out.secret, tools, TELEGRAM, signal);

const TELEGRAM: Reading = {
  taken: (answer) => {
    const { ok, result } = objectIn(answer);
    return ok === true ? wordOf(objectOf(result).message_id) : null;
  },
  reason: (answer) => wordOf(objectIn(answer).description),
  retryAfterMs: (answer) => secondsToMs(objectOf(objectIn(answer).parameters).retry_after),
};

type Line = { readonly own: string } | { readonly others: string } | { readonly link: string };

function linesOf(text: AlertText, shown: number): Line[] {
  return [
    { others: text.title },
    ...(text.summary === null ? [] : [{ own: text.summary }]),
    ...findingLines(text, shown).map((others) => ({ others })),
    ...(text.because ? [{ others: `You are told because ${text.because}.` }] : []),
    ...(text.link === null ? [] : [{ link: text.link }]),
  ];
}

const OPEN = 'Open in Portolan';

function markup(line: Line): string {
  if ('own' in line) return `<b>${escapeHtml(line.own)}</b>`;
  // A line by itself is far below the limit: this only guards against one that is not.
  if ('others' in line) return `<code>${escapeHtml(cut(line.others, 1000))}</code>`;
  return `<a href="${escapeHtml(line.link)}">${OPEN}</a>`;
}

const sizeOf = (lines: readonly Line[]): number =>
  lines.reduce(
    (sum, line) => sum + 1 + ('own' in line ? line.own : 'others' in line ? line.others : OPEN).length,
    0,
  );

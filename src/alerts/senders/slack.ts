/*
 * Slack, by an incoming webhook (Slack developer documentation, “Sending messages using incoming webhooks” and “Block Kit”):
 * a header, a section a finding, and the link.
 *
 * The promise: what others wrote stands in `plain_text` objects, which know no markup and no mentions, with the three
 * characters escaped that Slack's texts give a meaning. The trap: the top-level `text`, which notifications show, is
 * markup unless it is told not to be.
 */
import type { Receiver } from '../../domain/receiver.js';
import { alertText, type FindingText, findingLine, moreLine } from '../alert-text.js';
import { cut } from '../cut.js';
import {
  addressIn,
  exchange,
  jsonRequest,
  NO_SECRET,
  NOT_AN_ADDRESS,
  type Prepared,
  type Reading,
} from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';

type Slack = Receiver & { readonly type: 'slack' };

/** Block Kit's: of a header's text, and of a section's or context's. */
const HEADER_MOST = 150;
const TEXT_MOST = 3000;

export function slackRequest({ alert, receiver, secret }: Outgoing<Slack>): Prepared {
  if (!secret) return NO_SECRET;
  const url = addressIn(secret);
  if (!url) return NOT_AN_ADDRESS;
  const text = alertText(alert, receiver);
  const more = moreLine(text.total - text.findings.length);
  const blocks = [
    { type: 'header', text: plain(text.title, HEADER_MOST) },
    ...[text.summary, ...text.findings.map(paragraph), more].filter((one) => one !== null).map(section),
    ...(text.because
      ? [{ type: 'context', elements: [plain(`You are told because ${text.because}.`)] }]
      : []),
    ...(text.link === null ? [] : [linkSection(text.link)]),
  ];
  return jsonRequest(url.href, {
    text: escaped(text.title, TEXT_MOST),
    mrkdwn: false,
    blocks,
    unfurl_links: false,
    unfurl_media: false,
  });
}

export const sendSlack: Sender<Slack> = (out, tools, signal) =>
  exchange(slackRequest(out), out.secret, tools, SLACK, signal);

/** It says `ok`, or why not in one word such as `channel_is_archived`. */
const SLACK: Reading = {
  taken: ({ body }) => (body.trim() === 'ok' ? 'ok' : null),
  reason: ({ body }) => /^[a-z_]{1,60}$/.exec(body.trim())?.[0] ?? null,
};

const paragraph = (finding: FindingText): string =>
  [findingLine(finding), finding.advice, finding.standing].filter((line) => line !== '').join('\n');

const section = (text: string): object => ({ type: 'section', text: plain(text) });

const plain = (text: string, room = TEXT_MOST): object => ({
  type: 'plain_text',
  text: escaped(text, room),
  emoji: false,
});

const linkSection = (link: string): object => ({
  type: 'section',
  text: { type: 'mrkdwn', text: `<${entities(link)}|Open in Portolan>`, verbatim: true },
});

const escaped = (text: string, room: number): string =>
  entities(cut(text, room, (some) => entities(some).length));

const entities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

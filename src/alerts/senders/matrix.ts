/*
 * Matrix (Client-Server API, “PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}”), as a message with HTML.
 *
 * The promise: the transaction's id comes from the alert's key, so that a homeserver makes one message of several tries.
 * What others wrote is escaped and stands in <code>, where clients make no links of it, and `m.mentions` is there and empty, which
 * says that nobody is meant, whatever the text looks like. The trap: an `m.notice` would notify nobody.
 */
import type { Receiver } from '../../domain/receiver.js';
import { type AlertText, alertText, findingLines, fittedText } from '../alert-text.js';
import { bytesOf, howManyFit } from '../cut.js';
import { escapeHtml } from '../escape-html.js';
import {
  addressIn,
  exchange,
  jsonRequest,
  NO_SECRET,
  objectIn,
  type Prepared,
  type Reading,
  wordOf,
} from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';
import { stableId } from '../stable-id.js';

type Matrix = Receiver & { readonly type: 'matrix' };

/** Bytes; an event has 65,536 at most, with what the homeserver adds, and JSON's own escapes. */
const BODY_MOST = 16_000;
const HTML_MOST = 24_000;

export function matrixRequest({ alert, receiver, secret }: Outgoing<Matrix>): Prepared {
  if (!secret) return NO_SECRET;
  const base = addressIn(receiver.url);
  if (!base) return { unsendable: 'its url is not the address of a homeserver; expected https://…' };
  const { room } = receiver;
  if (!/^!\S+$/.test(room))
    return { unsendable: 'its room is not a room’s id; expected one that begins with !' };
  const text = alertText(alert, receiver);
  const shown = howManyFit(text.findings.length, HTML_MOST, (some) => jsonBytesOf(htmlOf(text, some)));
  const folder = base.origin + base.pathname.replace(/\/+$/, '');
  const url = `${folder}/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${stableId(alert.key)}`;
  const content = {
    msgtype: 'm.text',
    body: fittedText(text, BODY_MOST, jsonBytesOf),
    format: 'org.matrix.custom.html',
    formatted_body: htmlOf(text, shown),
    'm.mentions': {},
  };
  return { ...jsonRequest(url, content, { authorization: `Bearer ${secret.trim()}` }), method: 'PUT' };
}

export const sendMatrix: Sender<Matrix> = (out, tools, signal) =>
  exchange(matrixRequest(out), out.secret, tools, MATRIX, signal);

const MATRIX: Reading = {
  taken: (answer) => wordOf(objectIn(answer).event_id),
  reason: (answer) => wordOf(objectIn(answer).errcode),
  retryAfterMs: (answer) => {
    const ms = objectIn(answer).retry_after_ms;
    return typeof ms === 'number' && ms >= 0 ? ms : null;
  },
};

const jsonBytesOf = (text: string): number => bytesOf(JSON.stringify(text));

function htmlOf(text: AlertText, shown: number): string {
  const items = findingLines(text, shown).map((line) => `<li><code>${escapeHtml(line)}</code></li>`);
  return [
    `<p><strong><code>${escapeHtml(text.title)}</code></strong></p>`,
    ...(text.summary === null ? [] : [`<p>${escapeHtml(text.summary)}</p>`]),
    ...(items.length === 0 ? [] : [`<ul>${items.join('')}</ul>`]),
    ...(text.because ? [`<p><code>${escapeHtml(`You are told because ${text.because}.`)}</code></p>`] : []),
    ...(text.link === null ? [] : [`<p><a href="${escapeHtml(text.link)}">Open in Portolan</a></p>`]),
  ].join('');
}

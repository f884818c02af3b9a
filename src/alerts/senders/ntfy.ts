/*
 * ntfy (ntfy documentation, “Publish as JSON”): a title, a text, and what opens on a tap.
 *
 * The promise: everything is in the JSON body, so that no text of others comes near a header, and Markdown is left off, as it
 * is unless it is asked for. The trap: a text over the limit becomes an attachment that nobody opens.
 */
import type { Severity } from '../../domain/drift.js';
import type { Receiver } from '../../domain/receiver.js';
import { alertText, fittedText } from '../alert-text.js';
import { bytesOf, cut, type SizeOf } from '../cut.js';
import { exchange, jsonRequest, objectIn, type Prepared, type Reading, wordOf } from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';

type Ntfy = Receiver & { readonly type: 'ntfy' };

const TITLE_MOST = 250;
/** Bytes; counted as they stand in JSON, of which a server takes no more than twice as many. */
const MESSAGE_MOST = 4096;
const sizeOf: SizeOf = (text) => bytesOf(JSON.stringify(text));

const PRIORITY: Record<Severity, number> = { critical: 5, high: 4, medium: 3, low: 2 };
/** Names of emojis, shown before the title. */
const TAG: Record<Severity, string> = {
  critical: 'rotating_light',
  high: 'warning',
  medium: 'large_orange_diamond',
  low: 'small_blue_diamond',
};

export function ntfyRequest({ alert, receiver, secret }: Outgoing<Ntfy>): Prepared {
  const place = URL.canParse(receiver.url) ? new URL(receiver.url) : null;
  const topic = /^\/([-\w]{1,64})$/.exec(place?.pathname ?? '')?.[1];
  if (!place || topic === undefined || place.search !== '') return NOT_A_TOPIC;
  place.pathname = '/';
  place.hash = '';
  const text = alertText(alert, receiver);
  const body = {
    topic,
    title: cut(text.title, TITLE_MOST),
    message: fittedText(text, MESSAGE_MOST, sizeOf),
    // What is over wakes nobody.
    priority: alert.isOver ? PRIORITY.low : PRIORITY[alert.severity],
    tags: [alert.isOver ? 'white_check_mark' : TAG[alert.severity], alert.cause],
    ...(text.link === null ? {} : { click: text.link }),
  };
  const token = secret?.trim() ?? '';
  return jsonRequest(place.href, body, token === '' ? {} : { authorization: `Bearer ${token}` });
}

/** A topic is as good as a password: what the answer says is not repeated where it has it. */
export const sendNtfy: Sender<Ntfy> = (out, tools, signal) =>
  exchange(ntfyRequest(out), `${out.receiver.url.split('/').pop()} ${out.secret ?? ''}`, tools, NTFY, signal);

const NOT_A_TOPIC = {
  unsendable: 'its url is not the address of a topic; expected https://ntfy.example/topic',
};

const NTFY: Reading = {
  taken: (answer) => wordOf(objectIn(answer).id),
  reason: (answer) => wordOf(objectIn(answer).error),
};

/*
 * Opsgenie Alert API: an alert's matter is one Opsgenie alert, by its alias, which is created, counted up while it is open, and
 * closed once the matter is over.
 *
 * The promise: nothing in it is markup, though Opsgenie shows messages and descriptions as HTML. The trap: Opsgenie takes a
 * request over before it has looked at it, and says 202 with a number by which it can be asked for later.
 */
import type { Severity } from '../../domain/drift.js';
import type { Receiver } from '../../domain/receiver.js';
import { visibleText } from '../../domain/visible-text.js';
import { alertText, fittedText } from '../alert-text.js';
import { cut, type SizeOf } from '../cut.js';
import { escapeHtml } from '../escape-html.js';
import {
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

type Opsgenie = Receiver & { readonly type: 'opsgenie' };

const HOSTS = { us: 'https://api.opsgenie.com', eu: 'https://api.eu.opsgenie.com' };
const MESSAGE_MOST = 130;
const DESCRIPTION_MOST = 15_000;
const ENTITY_MOST = 512;

const PRIORITY: Record<Severity, string> = { critical: 'P1', high: 'P2', medium: 'P3', low: 'P4' };

export function opsgenieRequest(
  { alert, receiver, secret }: Outgoing<Opsgenie>,
  base = HOSTS[receiver.region],
): Prepared {
  if (!secret) return NO_SECRET;
  const headers = { authorization: `GenieKey ${secret.trim()}` };
  const alias = stableId(alert.thread, ENTITY_MOST);
  const text = alertText(alert, receiver);
  if (alert.isOver) {
    const address = `${base}/v2/alerts/${encodeURIComponent(alias)}/close?identifierType=alias`;
    const note = escapeHtml(fittedText(text, DESCRIPTION_MOST, sizeOf));
    return jsonRequest(address, { source: 'Portolan', note }, headers);
  }
  const [first] = receiver.details ? alert.findings : [];
  const body = {
    message: escapeHtml(cut(text.title, MESSAGE_MOST, sizeOf)),
    alias,
    description: escapeHtml(fittedText(text, DESCRIPTION_MOST, sizeOf)),
    priority: PRIORITY[alert.severity],
    source: 'Portolan',
    ...(first ? { entity: escapeHtml(cut(visibleText(first.host), ENTITY_MOST, sizeOf)) } : {}),
    tags: ['portolan', alert.cause, alert.severity],
    details: { ...(text.link === null ? {} : { link: text.link }), total: String(alert.total) },
  };
  return jsonRequest(`${base}/v2/alerts`, body, headers);
}

export const sendOpsgenie: Sender<Opsgenie> = (out, tools, signal) =>
  exchange(opsgenieRequest(out), out.secret, tools, OPSGENIE, signal);

const OPSGENIE: Reading = {
  taken: (answer) => wordOf(objectIn(answer).requestId),
  reason: (answer) => wordOf(objectIn(answer).message),
};

const sizeOf: SizeOf = (text) => escapeHtml(text).length;

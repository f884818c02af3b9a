/*
 * PagerDuty Events API v2: an alert's matter is one incident, by `dedup_key`, from its trigger to its resolve.
 *
 * The promise: whatever is told of a matter lands in its incident, and only its end resolves it. PagerDuty says
 * `"status": "success"` where it has taken an event.
 */
import type { Severity } from '../../domain/drift.js';
import type { Receiver } from '../../domain/receiver.js';
import { visibleText } from '../../domain/visible-text.js';
import { alertText, findingLine, moreLine } from '../alert-text.js';
import { cut } from '../cut.js';
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

type Pagerduty = Receiver & { readonly type: 'pagerduty' };

const EVENTS_API = { us: 'https://events.pagerduty.com', eu: 'https://events.eu.pagerduty.com' } as const;
const SUMMARY_MOST = 1024;
const KEY_MOST = 255;

const SEVERITY: Record<Severity, string> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
};

export function pagerdutyRequest(
  out: Outgoing<Pagerduty>,
  base: string = EVENTS_API[out.receiver.region],
): Prepared {
  if (!out.secret) return NO_SECRET;
  const { alert } = out;
  const event = {
    routing_key: out.secret.trim(),
    event_action: alert.isOver ? 'resolve' : 'trigger',
    dedup_key: stableId(alert.thread, KEY_MOST),
  };
  return jsonRequest(`${base}/v2/enqueue`, alert.isOver ? event : { ...event, ...triggerOf(out) });
}

export const sendPagerduty: Sender<Pagerduty> = (out, tools, signal) =>
  exchange(pagerdutyRequest(out), out.secret, tools, PAGERDUTY, signal);

const PAGERDUTY: Reading = {
  taken: (answer) => (objectIn(answer).status === 'success' ? 'success' : null),
  reason: (answer) => {
    const { message, errors } = objectIn(answer);
    return Array.isArray(errors)
      ? errors.filter((one) => typeof one === 'string').join('; ')
      : wordOf(message);
  },
};

/** 20 findings are far below the 512 KB that an event may have. */
function triggerOf({ alert, receiver }: Outgoing<Pagerduty>): object {
  const text = alertText(alert, receiver);
  const [first] = receiver.details ? alert.findings : [];
  const more = moreLine(text.total - text.findings.length);
  return {
    client: 'Portolan',
    ...(text.link === null
      ? {}
      : { client_url: text.link, links: [{ href: text.link, text: 'Open in Portolan' }] }),
    payload: {
      summary: cut([text.title, text.summary].filter((part) => part !== null).join(' · '), SUMMARY_MOST),
      source: cut(visibleText(first?.host ?? '').trim(), KEY_MOST) || 'portolan',
      severity: SEVERITY[alert.severity],
      timestamp: alert.at,
      class: alert.cause,
      custom_details: {
        ...alert.counts,
        findings: [...text.findings.map(findingLine), ...(more === null ? [] : [more])],
        ...(text.because === null ? {} : { because: text.because }),
      },
    },
  };
}

/*
 * A webhook of one's own, signed after the Standard Webhooks specification: `webhook-id` is the same on every try,
 * `webhook-timestamp` the time of this one, and `webhook-signature` has `v1,` with the HMAC-SHA256 of id, timestamp and body, once
 * for each secret, so that a secret can be changed without a gap: both are set for a while, with a space between.
 *
 * The body is a promise to whoever reads it: {@link WebhookBody}. Fields may be added to it, and none changes its meaning or goes
 * away without another `type`. The trap: the signature is of the very bytes that are sent.
 */
import { createHmac } from 'node:crypto';
import type { Alert, AlertCause, AlertFinding } from '../../domain/alert.js';
import type { Severity } from '../../domain/drift.js';
import type { Receiver } from '../../domain/receiver.js';
import { visibleText } from '../../domain/visible-text.js';
import { alertText } from '../alert-text.js';
import { bytesOf, cut, howManyFit } from '../cut.js';
import { exchange, jsonRequest, NO_SECRET, type Prepared, type Reading } from '../exchange.js';
import type { Outgoing, Sender } from '../sender.js';
import { stableId } from '../stable-id.js';

type Webhook = Receiver & { readonly type: 'webhook' };

/** Bytes: what a small server takes without being told to. */
const BODY_MOST = 60_000;

/** What is posted, as JSON. Times are ISO 8601 in UTC. */
interface WebhookBody {
  readonly type: 'portolan.alert.v1';
  /** When the alert was made. */
  readonly timestamp: string;
  readonly data: {
    /** The same on every try: a second one can be dropped. */
    readonly key: string;
    /** The same for all alerts of one matter. */
    readonly thread: string;
    readonly cause: AlertCause;
    readonly severity: Severity;
    readonly title: string;
    /** How many findings it is about; more than `findings` where there are too many to list, or no details are wanted. */
    readonly total: number;
    readonly counts: Readonly<Record<Severity, number>>;
    readonly isOver: boolean;
    /** Null where no details are wanted, or it is about none. */
    readonly audit: string | null;
    /** Null where no details are wanted. */
    readonly because: string | null;
    readonly url: string | null;
    /** As domain/alert.ts has them: empty where no details are wanted. */
    readonly findings: readonly AlertFinding[];
  };
}

export function webhookRequest({ alert, receiver, secret }: Outgoing<Webhook>, now: Date): Prepared {
  const keys = (secret ?? '')
    .split(/\s+/)
    .filter((one) => one !== '')
    .map(keyIn);
  if (keys.length === 0) return NO_SECRET;
  if (!keys.every((key) => key !== null)) return NOT_A_SECRET;
  const whole = bodyOf(alert, receiver);
  const shortened = (shown: number): WebhookBody => ({
    ...whole,
    data: { ...whole.data, findings: whole.data.findings.slice(0, shown) },
  });
  const sizeOf = (shown: number): number => bytesOf(JSON.stringify(shortened(shown)));
  const shown = howManyFit(whole.data.findings.length, BODY_MOST, sizeOf);
  const request = jsonRequest(receiver.url, shortened(shown));
  const id = stableId(alert.key);
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signatures = keys.map((key) => {
    const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.${request.body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  return {
    ...request,
    headers: {
      ...request.headers,
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatures.join(' '),
    },
  };
}

export const sendWebhook: Sender<Webhook> = (out, tools, signal) =>
  exchange(webhookRequest(out, tools.now()), out.secret, tools, WEBHOOK, signal);

/** The specification asks for a 2xx and nothing else. */
const WEBHOOK: Reading = { taken: () => '' };

const NOT_A_SECRET = {
  unsendable: 'its secret is not of Standard Webhooks; expected whsec_ and 24 to 64 bytes in base64',
};

function keyIn(secret: string): Buffer | null {
  const text = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const key = Buffer.from(text ?? '', 'base64');
  return key.length >= 24 && key.length <= 64 ? key : null;
}

function bodyOf(alert: Alert, receiver: Webhook): WebhookBody {
  const { key, thread, cause, severity, total, counts, isOver, audit, at } = alert;
  const text = alertText(alert, receiver);
  const data = {
    ...{ key, thread, cause, severity, title: text.title, total, counts, isOver },
    audit: receiver.details ? visible(audit) : null,
    because: text.because,
    url: text.link,
    findings: text.findings.map(({ link }, place) => findingOf(alert.findings[place]!, link)),
  };
  return { type: 'portolan.alert.v1', timestamp: at, data };
}

/** Nothing that others wrote is longer than it helps. */
const FIELD_MOST = 500;

const visible = <T extends string | null>(text: T): T =>
  (text === null ? null : cut(visibleText(text), FIELD_MOST)) as T;

const findingOf = (finding: AlertFinding, url: string | null): AlertFinding => ({
  ...finding,
  id: visible(finding.id),
  host: visible(finding.host),
  address: visible(finding.address),
  service: visible(finding.service),
  owner: visible(finding.owner),
  declared: visible(finding.declared),
  observed: visible(finding.observed),
  evidence: visible(finding.evidence),
  advice: visible(finding.advice),
  since: visible(finding.since),
  dueAt: visible(finding.dueAt),
  url,
});

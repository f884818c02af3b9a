/* Tells an alert by one channel, over real HTTPS to the provider's name, and gives what the provider has heard. */
import { expect } from 'vitest';
import type { Sent } from '../../src/alerts/sender.js';
import type { Alert } from '../../src/domain/alert.js';
import type { Receiver } from '../../src/domain/receiver.js';
import { alertOf } from './alerts.js';
import { CASES, type HttpsChannel } from './channels.js';
import type { Heard, HttpsHarbour } from './https-harbour.js';

export interface Told {
  readonly sent: Sent;
  readonly heard: Heard;
  // biome-ignore lint/suspicious/noExplicitAny: what a provider reads has no type of ours
  readonly json: any;
}

export async function tellBy(
  harbour: HttpsHarbour,
  name: HttpsChannel,
  alert: Partial<Alert> = {},
  { receiver, secret }: { receiver?: Receiver; secret?: string | null } = {},
): Promise<Told> {
  const one = CASES.find((some) => some.name === name)!;
  harbour.answer = one.taken;
  const out = {
    alert: alertOf(alert),
    receiver: receiver ?? one.receiver,
    secret: secret === undefined ? one.secret : secret,
  };
  const sent = await one.send(out, harbour.tools, new AbortController().signal);
  const heard = harbour.take();
  expect(heard.headers['content-type']).toBe('application/json');
  return { sent, heard, json: JSON.parse(heard.body) };
}

/** Of the usual alert: a finding's line, and the link. */
export const LINE =
  'critical: unexpected-open on atlas (203.0.113.7), port 22 (ssh): it was declared closed, and answered';
export const LINK = 'https://portolan.example/findings?group=7';

/*
 * Sends a receiver a test, once, and says what became of it: for the button and for programs alike.
 */
import { randomUUID } from 'node:crypto';
import { testAlert } from '../domain/alert-groups.js';
import { remark } from '../platform/visit.js';
import type { Courier } from './courier.js';

const NEVER = new AbortController().signal;

export type Tested =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly why: string };

/** Throws Refusal where there is no such receiver: a test that reached somebody else would prove nothing. */
export async function testReceiver(courier: Courier, receiver: string, now: Date): Promise<Tested> {
  await courier.refuseUnknown(receiver);
  const sent = await courier.send(receiver, testAlert(randomUUID(), receiver, now), [], NEVER);
  remark(`${receiver}${sent.ok ? '' : ': not reached'}`);
  return sent.ok ? { ok: true, detail: sent.detail } : { ok: false, why: sent.why };
}

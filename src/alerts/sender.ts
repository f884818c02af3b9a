/*
 * What every channel's sender is: it gives an alert the channel's form, sends it, and says what became of it. It keeps nothing,
 * tries once, and never throws for what the other side or the network does: that is an answer.
 *
 * The promise: `ok` only where the other side has taken the message over. The trap: a message that was taken over, with the
 * answer lost on the way, is sent again; the alert's `key` goes along, so that the other side can tell.
 */
import type { Alert } from '../domain/alert.js';
import type { Receiver } from '../domain/receiver.js';
import type { GuardedConnect } from './guarded-connect.js';
import type { GuardedHttp } from './guarded-http.js';

export type Sent =
  /** @property detail what the other side calls it, or said: for the delivery log, without anything secret */
  | { readonly ok: true; readonly detail: string }
  | {
      readonly ok: false;
      /** In a sentence that may be shown and logged: nothing secret is in it. */
      readonly why: string;
      /** Will it never be taken, however often it is sent? */
      readonly isFinal: boolean;
      /** How long the other side wants not to be asked; null where it does not say. */
      readonly retryAfterMs: number | null;
      /** Of several addresses those that have the message already: the next try leaves them out. */
      readonly taken?: readonly string[];
    };

/** Where mail leaves; without a server it is put into a folder, as `.eml` files. */
export interface MailSettings {
  /** `smtp://user:password@host:587` with STARTTLS, or `smtps://…:465`; null for the folder alone. */
  readonly url: string | null;
  readonly folder: string;
  readonly from: string;
  /** Who is told where nobody else is. */
  readonly operators: readonly string[];
}

export interface SenderTools {
  readonly http: GuardedHttp;
  readonly connect: GuardedConnect;
  readonly mail: MailSettings;
  readonly now: () => Date;
  /** Authorities that are believed besides those of Node, in PEM; NODE_EXTRA_CA_CERTS has them in production. */
  readonly authorities?: string;
}

/** The name under which Nest injects {@link SenderTools}. */
export const SENDER_TOOLS = Symbol('sender tools');

export interface Outgoing<R extends Receiver = Receiver> {
  readonly alert: Alert;
  readonly receiver: R;
  /** In the clear, for this one try; null where the receiver needs none. */
  readonly secret: string | null;
  /** Addresses that an earlier try has reached; see {@link Sent}. */
  readonly taken?: readonly string[];
}

export type Sender<R extends Receiver = Receiver> = (
  out: Outgoing<R>,
  tools: SenderTools,
  signal: AbortSignal,
) => Promise<Sent>;

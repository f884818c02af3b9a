/*
 * Mail of other parts of the service, such as reports: one letter to one address, by the same way as alerts, and with the same promise:
 * `ok` only where a server, or the disk, has taken it over. It keeps nothing and tries once. A letter that is sent again has the same
 * Message-ID, so that whoever was given it twice can tell.
 */
import { Inject, Injectable } from '@nestjs/common';
import { SENDER_TOOLS, type SenderTools, type Sent } from './sender.js';
import { isAddress } from './senders/email.js';
import { envelopeOf, hashOf } from './senders/email-message.js';
import { putIntoFolder } from './senders/mail-folder.js';
import { handOver, smtpOptions } from './senders/smtp.js';

/** A large attachment over a slow line takes its time. */
const PATIENCE_MS = 120_000;

export interface Letter {
  readonly to: string;
  /** The same on every try. */
  readonly key: string;
  /** What belongs together in a mail program. */
  readonly thread: string;
  /** What it is one of (RFC 2919): letters, digits and dashes, and a sentence. */
  readonly list: { readonly id: string; readonly name: string };
  readonly at: Date;
  readonly subject: string;
  readonly text: string;
  readonly attachments: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly bytes: Uint8Array;
  }>;
}

@Injectable()
export class MailService {
  constructor(@Inject(SENDER_TOOLS) private readonly tools: SenderTools) {}

  /** Whoever runs the service. */
  get operators(): readonly string[] {
    return this.tools.mail.operators;
  }

  /** How long a try takes at most. */
  get patienceMs(): number {
    return PATIENCE_MS;
  }

  async post(letter: Letter, signal: AbortSignal): Promise<Sent> {
    const { mail, authorities } = this.tools;
    if (!isAddress(letter.to)) return refused('this is no address that mail can be sent to', true);
    const { id, name } = letter.list;
    const envelope = envelopeOf({ ...letter, from: mail.from }, { 'List-Id': `${name} <${id}>` });
    const message = {
      ...envelope,
      to: [{ name: '', address: letter.to }],
      ...{ subject: letter.subject, text: letter.text },
      attachments: letter.attachments.map(({ name: filename, type: contentType, bytes }) => ({
        ...{ filename, contentType, content: Buffer.from(bytes) },
      })),
    };
    if (mail.url === null) {
      const file = `${letter.at.toISOString().slice(0, 19).replaceAll(':', '-')}-${hashOf(letter.key)}.eml`;
      return putIntoFolder(mail.folder, file, message);
    }
    const handed = await handOver(message, smtpOptions(mail.url, authorities), signal, PATIENCE_MS);
    if (handed.ok) return { ok: true, detail: `taken over: ${handed.words}` };
    return refused(handed.why, handed.of === 'message' && handed.isFinal);
  }
}

const refused = (why: string, isFinal: boolean): Sent => ({ ok: false, why, isFinal, retryAfterMs: null });

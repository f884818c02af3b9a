/*
 * Alerts by e-mail: one message an address, so that nobody learns who else is told, and one address that is refused does not
 * stop the others. Without a server, or without an address, it is put into a folder.
 *
 * `ok` where the server, or the disk, has taken it for every address. Where it took it for some, the answer names them
 * (`taken`), and the next try leaves them out; it is for good only where no address is left that could still be reached.
 */
import type { Receiver } from '../../domain/receiver.js';
import { visibleText } from '../../domain/visible-text.js';
import type { Outgoing, Sender, Sent } from '../sender.js';
import { hashOf, messageOf } from './email-message.js';
import { putIntoFolder } from './mail-folder.js';
import { handOver, smtpOptions } from './smtp.js';

type EmailReceiver = Extract<Receiver, { type: 'email' }>;

/** No quotes, comments or lists: what an inventory takes for an address, and nothing that a header could be made from. */
export const isAddress = (text: string): boolean => ADDRESS.test(text);
const ADDRESS = /^[^\s\p{C}<>()[\],;:"\\@]{1,64}@[^\s\p{C}<>()[\],;:"\\@]{1,255}$/u;

/** Of a receiver `to: owner` whoever calls has put the owner's address in its place. */
export const sendEmail: Sender<EmailReceiver> = async (out, { mail, authorities }, signal) => {
  const { alert, receiver } = out;
  const addresses = receiver.to === 'owner' ? [] : receiver.to;
  const message = messageOf(alert, receiver.details, mail.from);
  if (mail.url === null || addresses.length === 0) {
    const name = `${alert.at.slice(0, 19).replaceAll(':', '-')}-${hashOf(`${alert.key} ${receiver.name}`)}.eml`;
    const to = addresses.filter(isAddress);
    return putIntoFolder(mail.folder, name, { ...message, ...toOf(to) });
  }
  const options = smtpOptions(mail.url, authorities);
  const result = new Handing(out, addresses);
  for (const address of result.open()) {
    if (!isAddress(address)) {
      result.refused(address, 'this is no address that mail can be sent to', true);
      continue;
    }
    const handed = await handOver({ ...message, ...toOf([address]) }, options, signal);
    if (handed.ok) result.took(address, handed.words);
    else if (handed.of === 'message') result.refused(address, handed.why, handed.isFinal);
    else return result.unreached(handed.why);
  }
  return result.sent();
};

/** As objects, that nothing is read out of them; a message has to have somebody in its header. */
const toOf = (addresses: readonly string[]) => ({
  to:
    addresses.length === 0 ? 'undisclosed-recipients:;' : addresses.map((address) => ({ name: '', address })),
});

/** What becomes of one message, address by address. */
class Handing {
  private readonly taken: string[];
  private readonly words: string[] = [];
  private readonly refusals: string[] = [];
  private isHopeless = true;

  constructor(
    { taken = [] }: Outgoing,
    private readonly addresses: readonly string[],
  ) {
    this.taken = addresses.filter((one) => taken.includes(one));
  }

  open(): string[] {
    return this.addresses.filter((one) => !this.taken.includes(one));
  }

  took(address: string, words: string): void {
    this.taken.push(address);
    this.words.push(words);
  }

  refused(address: string, why: string, isFinal: boolean): void {
    this.refusals.push(`${visibleText(address)}: ${why}`);
    if (!isFinal) this.isHopeless = false;
  }

  /** The server itself is the matter: the others would be told the same. */
  unreached(why: string): Sent {
    return this.failed([...this.refusals, why].join('; '), false);
  }

  sent(): Sent {
    if (this.refusals.length > 0) return this.failed(this.refusals.join('; '), this.isHopeless);
    const to = this.addresses.length === 1 ? '1 address' : `${this.addresses.length} addresses`;
    return { ok: true, detail: `taken over for ${to}: ${this.words.at(-1) ?? 'by an earlier try'}` };
  }

  private failed(why: string, isFinal: boolean): Sent {
    return { ok: false, why, isFinal, retryAfterMs: null, taken: this.taken };
  }
}

/*
 * A time stamp (RFC 3161): the word of a time-stamp authority that something was there at a time. Whose authority that is, is told
 * and not judged: nobody's list of trusted ones is asked.
 */
import { type CertificateFacts, factsOf, readCertificate, validityTrouble } from './certificate.js';
import {
  Fields,
  inContext,
  NotDer,
  oidIn,
  onlyPart,
  partsOf,
  readDer,
  TAG,
  timeIn,
  writeDer,
} from './der.js';
import { digest, type Hash, hashIn, holdsOver, issuersOf, OID, readSignedMessage } from './signed-message.js';

export type TimeStamp =
  | {
      readonly ok: true;
      readonly at: Date;
      readonly authority: CertificateFacts;
      readonly nonce: Buffer | null;
    }
  | { readonly ok: false; readonly why: string };

const FOR_TIME_STAMPS = '1.3.6.1.5.5.7.3.8';

/** @param digestOf of what it has to be about */
export function readTimeStamp(token: Buffer, digestOf: (hash: Hash) => Buffer): TimeStamp {
  try {
    return read(token, digestOf);
  } catch (error) {
    if (error instanceof NotDer) return { ok: false, why: `it can’t be read: ${error.message}` };
    throw error;
  }
}

function read(token: Buffer, digestOf: (hash: Hash) => Buffer): TimeStamp {
  const data = readSignedMessage(token);
  const { content } = data;
  if (data.contentType !== OID.stamped || content === null) return no('it is no time stamp');
  if (data.signer.unsigned.size > 0) return no('it has parts that nobody has signed');
  const { hash, imprint, at, nonce } = contentOf(content);
  if (!imprint.equals(digestOf(hash))) return no('it is about something else');
  const held = holdsOver(data, (own) => digest(own, content));
  if (!held.ok) return no(held.because === 'digest' ? 'it was changed' : held.why);
  // RFC 3161 §2.3
  const { keyUsage } = held.certificate.x509 as { keyUsage?: readonly string[] };
  if (keyUsage?.join() !== FOR_TIME_STAMPS) return no('its certificate is not for time stamps alone');
  const authority = factsOf(held.certificate);
  const trouble = validityTrouble(authority, at);
  return trouble === null
    ? { ok: true, at, authority, nonce }
    : no(`its certificate was not good then: ${trouble}`);
}

const no = (why: string): TimeStamp => ({ ok: false, why });

/** TSTInfo (RFC 3161 §2.4.2) */
function contentOf(bytes: Buffer): { hash: Hash; imprint: Buffer; at: Date; nonce: Buffer | null } {
  const fields = new Fields(readDer(bytes));
  const version = fields.take(TAG.integer).body;
  if (version.length !== 1 || version[0] !== 1) throw new NotDer('it has another version');
  oidIn(fields.take(TAG.oid));
  const about = new Fields(fields.take(TAG.sequence));
  const hash = hashIn(about.take(TAG.sequence));
  const imprint = about.take(TAG.octets).body;
  about.end();
  fields.take(TAG.integer);
  const at = timeIn(fields.take(TAG.time));
  // How exact it is, and whether stamps are in order, change nothing here.
  fields.maybe(TAG.sequence);
  fields.maybe(TAG.boolean);
  const nonce = fields.maybe(TAG.integer)?.body ?? null;
  fields.maybe(inContext(0));
  fields.maybe(inContext(1));
  fields.end();
  return { hash, imprint, at, nonce };
}

/**
 * The token without the certificates of issuers where they are not all there, as authorities often leave the first one out: no
 * signature is over that list, and of a part of it nobody could tell whether it was changed (signed-message.ts).
 */
export function withoutPartOfIssuers(token: Buffer): Buffer {
  const info = new Fields(readDer(token));
  const type = info.take(TAG.oid);
  const parts = partsOf(onlyPart(info.take(inContext(0))));
  const place = parts.findIndex(({ tag }) => tag === inContext(0));
  if (place < 0) return token;
  const certificates = partsOf(parts[place]!).map(({ raw }) => readCertificate(raw));
  const own = certificates.find(
    ({ x509 }) => (x509 as { keyUsage?: string[] }).keyUsage?.join() === FOR_TIME_STAMPS,
  );
  if (!own || issuersOf(own, certificates)) return token;
  const kept = parts.map(({ raw }, index) => (index === place ? writeDer(inContext(0), own.der) : raw));
  return writeDer(TAG.sequence, type.raw, writeDer(inContext(0), writeDer(TAG.sequence, ...kept)));
}

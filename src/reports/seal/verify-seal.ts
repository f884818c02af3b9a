/*
 * Checks the signature of a report, from the bytes of its file alone: no network, no database, and no list of whom to trust. Each
 * check says what was looked at and what came of it; what was not looked at is never said to hold.
 */
import type { LedgerCheck } from '../../domain/ledger-checks.js';
import { type Certificate, type CertificateFacts, factsOf, validityTrouble } from './certificate.js';
import { NotDer, timeIn } from './der.js';
import { type FoundSignature, findSignature } from './pdf-signature.js';
import {
  digest,
  type Held,
  holdsOver,
  OID,
  readSignedMessage,
  type SignedMessage,
} from './signed-message.js';
import { readTimeStamp } from './time-stamp.js';

export type Outcome = 'holds' | 'fails' | 'unchecked';

export interface Check {
  readonly name:
    | ('signature' | 'content' | 'key' | 'certificate' | 'identity' | 'time')
    | ('build' | 'evidence' | 'pages')
    | LedgerCheck['name'];
  readonly outcome: Outcome;
  readonly says: string;
}

export interface SealLook {
  readonly checks: readonly Check[];
  readonly signer: CertificateFacts | null;
  /** By the signer's own clock. */
  readonly signedAt: Date | null;
  readonly stamp: { readonly at: Date; readonly authority: CertificateFacts } | null;
  readonly isSigned: boolean;
}

const CLOCKS_APART_MS = 600_000;

const check = (name: Check['name'], outcome: Outcome, says: string): Check => ({ name, outcome, says });
const broken = (...checks: Check[]): SealLook => ({
  ...{ checks, signer: null, signedAt: null, stamp: null, isSigned: true },
});

/** @param expected whose signature it must be: one of these; empty where nobody says */
export function verifySeal(file: Buffer, expected: readonly Certificate[]): SealLook {
  const found = findSignature(file);
  if (!found.found)
    return { ...broken(check('signature', 'fails', saysNot(found))), isSigned: found.because !== 'none' };
  const whole = check(
    'signature',
    'holds',
    `one signature, over all of the file's ${file.length} bytes but its own place; nothing was added after it`,
  );
  try {
    return look(found, whole, expected);
  } catch (error) {
    if (!(error instanceof NotDer)) throw error;
    return broken(whole, check('key', 'fails', `the signature can’t be read: ${error.message}`));
  }
}

const saysNot = ({ because, why }: Exclude<FoundSignature, { found: true }>): string =>
  because === 'none' ? `${why}: nobody can tell whether it is as it was printed` : why;

type Found = Extract<FoundSignature, { found: true }>;

function look({ cms, signed }: Found, whole: Check, expected: readonly Certificate[]): SealLook {
  const data = readSignedMessage(cms);
  const { hash, unsigned } = data.signer;
  if (data.contentType !== OID.data || data.content !== null) throw new NotDer('it is over something else');
  const stray = Array.from(unsigned.keys()).filter((name) => name !== OID.timeStamp);
  if (stray.length > 0) throw new NotDer('it has parts that nobody has signed');
  const held = holdsOver(data, (own) => digest(own, ...signed));
  if (!held.ok) return broken(whole, failureOf(held));
  const time = data.signer.signed.get(OID.time);
  const signedAt = time ? timeIn(time) : null;
  const signer = factsOf(held.certificate);
  const { stamp, says: stampCheck } = stampOf(data, signedAt);
  return {
    checks: [
      whole,
      check(
        'content',
        'holds',
        `what was signed is what is here: ${hash} ${digest(hash, ...signed).toString('hex')}`,
      ),
      check(
        'key',
        'holds',
        `the signature was made with the key of its certificate (${keyOf(held.certificate)})`,
      ),
      certificateCheck(signer, held.issuers, stamp?.at ?? signedAt),
      identityCheck(signer, expected),
      stampCheck,
    ],
    ...{ signer, signedAt, stamp, isSigned: true },
  };
}

function failureOf({ because, why }: Exclude<Held, { ok: true }>): Check {
  return because === 'digest'
    ? check('content', 'fails', `the file was changed after it was signed: ${why}`)
    : check('key', 'fails', `the signature does not hold: ${why}`);
}

function keyOf({ x509: { publicKey } }: Certificate): string {
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  return namedCurve === undefined ? `RSA, ${modulusLength} bits` : `ECDSA, ${namedCurve}`;
}

function certificateCheck(facts: CertificateFacts, issuers: readonly Certificate[], at: Date | null): Check {
  const last = issuers.at(-1);
  const chain = last
    ? `issued by ${facts.issuer}, up to ${factsOf(last).subject}, which no list of authorities was asked about`
    : facts.isSelfSigned
      ? 'self-signed: nobody else vouches for whose it is'
      : `issued by ${facts.issuer}, whose certificate is not in the file: that was not checked`;
  const who = `the certificate is ${facts.subject}, SHA-256 ${facts.sha256}, ${chain}`;
  if (at === null) return check('certificate', 'fails', `${who}; when it was signed is not said`);
  const trouble = validityTrouble(facts, at);
  return trouble === null
    ? check('certificate', 'holds', `${who}; it was good at ${at.toISOString()}`)
    : check('certificate', 'fails', `${who}; at ${at.toISOString()} it was not good: ${trouble}`);
}

function identityCheck({ sha256 }: CertificateFacts, expected: readonly Certificate[]): Check {
  if (expected.length === 0)
    return check(
      'identity',
      'unchecked',
      'whose signature it is was not compared: pass --certificate to say whose it must be',
    );
  const shas = expected.map((one) => factsOf(one).sha256);
  return shas.includes(sha256)
    ? check('identity', 'holds', 'it is the certificate that was given')
    : check('identity', 'fails', `it is not the certificate that was given, SHA-256 ${shas.join(' or ')}`);
}

function stampOf(
  { signer: { unsigned, signature } }: SignedMessage,
  signedAt: Date | null,
): { stamp: SealLook['stamp']; says: Check } {
  const token = unsigned.get(OID.timeStamp);
  if (!token) {
    const clock =
      signedAt === null ? 'nobody said' : `the signer's own clock said, ${signedAt.toISOString()}`;
    const says = `it has no time stamp: when it was signed is what ${clock}`;
    return { stamp: null, says: check('time', 'unchecked', says) };
  }
  const read = readTimeStamp(token.raw, (hash) => digest(hash, signature));
  if (!read.ok)
    return { stamp: null, says: check('time', 'fails', `its time stamp does not hold: ${read.why}`) };
  const { at, authority } = read;
  const apart =
    signedAt !== null && Math.abs(at.getTime() - signedAt.getTime()) > CLOCKS_APART_MS
      ? `; the signer's own clock said ${signedAt.toISOString()}`
      : '';
  const says = `time-stamped at ${at.toISOString()} by ${authority.subject}, SHA-256 ${authority.sha256}, which no list of authorities was asked about${apart}`;
  return { stamp: { at, authority }, says: check('time', 'holds', says) };
}

/*
 * X.509 certificates (RFC 5280) as signatures use them: who it is, how long it is good, who has issued it. Node reads them; what
 * signatures compare byte by byte, the issuer and the serial number, is taken from the DER.
 */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { visibleText } from '../../domain/visible-text.js';
import { Fields, inContext, NotDer, readDer, TAG } from './der.js';

export interface Certificate {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  /** Names as they are written, for comparing. */
  readonly issuer: Buffer;
  readonly serial: Buffer;
}

/** What is said of a certificate. */
export interface CertificateFacts {
  /** `CN=Portolan, O=Example`, safe to look at. */
  readonly subject: string;
  readonly issuer: string;
  /** Of the whole certificate, in hexadecimal digits: what tells it from any other. */
  readonly sha256: string;
  readonly from: Date;
  readonly until: Date;
  readonly isSelfSigned: boolean;
}

export function readCertificate(der: Buffer): Certificate {
  const whole = new Fields(readDer(der));
  const body = new Fields(whole.take(TAG.sequence));
  whole.take(TAG.sequence);
  // Its signature has no bits to spare, in which something could be changed.
  if (whole.take(TAG.bits).body[0] !== 0) throw new NotDer('a certificate in it can’t be read');
  whole.end();
  body.maybe(inContext(0));
  const serial = body.take(TAG.integer).raw;
  body.take(TAG.sequence);
  const issuer = body.take(TAG.sequence).raw;
  try {
    return { der, x509: new X509Certificate(der), issuer, serial };
  } catch {
    throw new NotDer('a certificate in it can’t be read');
  }
}

export function factsOf({ der, x509 }: Certificate): CertificateFacts {
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    sha256: createHash('sha256').update(der).digest('hex'),
    from: new Date(x509.validFrom),
    until: new Date(x509.validTo),
    // checkIssued would want of its key that it may issue, which a signer's need not.
    isSelfSigned: x509.subject === x509.issuer && isSignedBy(x509, x509),
  };
}

export const isIssuedBy = (one: X509Certificate, by: X509Certificate): boolean =>
  one.checkIssued(by) && isSignedBy(one, by);

/** Null for one that is none, or of a kind that Node does not know: it is read when it is asked for, and throws. */
export function keyOf({ x509 }: Certificate): KeyObject | null {
  try {
    return x509.publicKey;
  } catch {
    return null;
  }
}

/** A key that is none, or of a kind that Node does not know, has signed nothing. */
function isSignedBy(one: X509Certificate, by: X509Certificate): boolean {
  try {
    return one.verify(by.publicKey);
  } catch {
    return false;
  }
}

/** PEM with one or several, or DER. Null where it is neither. */
export function certificatesIn(file: Buffer): Certificate[] | null {
  const blocks = file
    .toString('latin1')
    .match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g);
  const ders = blocks?.map((block) => Buffer.from(block.replace(/-----[^-]+-----|\s/g, ''), 'base64')) ?? [
    file,
  ];
  try {
    return ders.map(readCertificate);
  } catch (error) {
    if (error instanceof NotDer) return null;
    throw error;
  }
}

/** Null where it is good at that time. */
export function validityTrouble({ from, until }: CertificateFacts, at: Date): string | null {
  if (at < from) return `it is good only from ${dayOf(from)} on`;
  return at > until ? `it has expired, on ${dayOf(until)}` : null;
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

const oneLine = (name: string | undefined): string =>
  visibleText((name ?? '').split('\n').join(', ')) || 'somebody without a name';

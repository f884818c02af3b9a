/*
 * A key with its certificate, out of a PKCS#12 file. What can't be used is said in a sentence: a wrong password, a file that is
 * something else, a key without a certificate, a certificate of another key.
 */

import { verify } from 'node:crypto';
import type { Signer } from '@libpdf/core';
import { type Certificate, type CertificateFacts, factsOf, readCertificate } from './certificate.js';
import { firstDer, NotDer } from './der.js';
import { issuersOf } from './signed-message.js';

export interface SigningKey {
  readonly signer: Signer;
  readonly certificate: Certificate;
  readonly facts: CertificateFacts;
}

export type Opened =
  | { readonly ok: true; readonly key: SigningKey }
  /** Goes on after the name of the file. */
  | { readonly ok: false; readonly why: string };

const PROBE = Buffer.from('is it the key of this certificate?');

export async function openSigningKey(file: Buffer, password: string): Promise<Opened> {
  if (!isDer(file)) return no('is no PKCS#12 file');
  const { P12Signer, SignerError } = await import('@libpdf/core');
  try {
    const signer = await P12Signer.create(file, password);
    const all = [signer.certificate, ...signer.certificateChain].map((der) =>
      readCertificate(Buffer.from(der)),
    );
    const signature = await signer.sign(PROBE, 'SHA-256');
    // Some tools put the certificates of the issuers first.
    const own = all.find(({ x509 }) => isOf(x509, signature));
    if (!own) return no('has a key, and none of its certificates is of that key');
    return { ok: true, key: { signer: around(signer, own, all), certificate: own, facts: factsOf(own) } };
  } catch (error) {
    if (error instanceof NotDer) return no('has a certificate that can’t be read');
    if (error instanceof SignerError) return no(troubleIn(error.message));
    throw error;
  }
}

const no = (why: string): Opened => ({ ok: false, why });

function isDer(file: Buffer): boolean {
  try {
    return firstDer(file).raw.length === file.length;
  } catch {
    return false;
  }
}

function isOf({ publicKey }: Certificate['x509'], signature: Uint8Array): boolean {
  try {
    return verify('sha256', PROBE, publicKey, signature);
  } catch {
    return false;
  }
}

/** With its issuers where they are all there: of a part of them nobody could tell whether it was changed (signed-message.ts). */
const around = (signer: Signer, own: Certificate, all: readonly Certificate[]): Signer => ({
  certificate: own.der,
  certificateChain: (issuersOf(own, all) ?? []).map(({ der }) => der),
  keyType: signer.keyType,
  signatureAlgorithm: signer.signatureAlgorithm,
  sign: (bytes, algorithm) => signer.sign(bytes, algorithm),
});

/** By the words of the library that reads it. */
function troubleIn(message: string): string {
  if (/No private key/.test(message)) return 'has no key in it; expected a key and its certificate';
  if (/No certificates/.test(message)) return 'has a key and no certificate for it; expected both';
  if (/password|integrity|MAC|decrypt/i.test(message)) return 'can’t be opened: its password is another one';
  return 'can’t be read as a PKCS#12 file with a key for RSA, or for ECDSA on P-256, P-384 or P-521';
}

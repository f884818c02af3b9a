/*
 * Makes a key and a self-signed certificate for a service that was given none: ECDSA on P-256, in a PKCS#12 file, good for ten
 * years. Its password is known: what guards the file is where it lies.
 */
import { randomBytes, type webcrypto } from 'node:crypto';
import { BitString, Integer, ObjectIdentifier, Sequence, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  AuthenticatedSafe,
  BasicConstraints,
  CertBag,
  Certificate,
  Extension,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from 'pkijs';

/** Whoever wants to read the file with another tool needs one. */
export const OWN_PASSWORD = 'portolan';
const YEARS = 10;
const DAY_MS = 86_400_000;
/** They would slow down whoever guesses a password, and this one is known. */
const ITERATIONS = 2048;

/** @param name as its certificate says it: `Portolan on bridge` */
export async function makeOwnKey(name: string, now: Date): Promise<Buffer> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const certificate = await certify(keys, name, now);
  const key = PrivateKeyInfo.fromBER(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return seal(key, certificate);
}

async function certify(keys: webcrypto.CryptoKeyPair, name: string, now: Date): Promise<Certificate> {
  const certificate = new Certificate({ version: 2 });
  certificate.serialNumber = new Integer({ valueHex: Buffer.concat([Buffer.of(1), randomBytes(15)]) });
  for (const whose of [certificate.issuer, certificate.subject])
    whose.typesAndValues.push(
      new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: name }) }),
    );
  const made = Math.floor(now.getTime() / 1000) * 1000;
  // The clock of a time-stamp authority may be behind ours.
  certificate.notBefore.value = new Date(made - DAY_MS);
  certificate.notAfter.value = new Date(new Date(made).setUTCFullYear(now.getUTCFullYear() + YEARS));
  certificate.extensions = [
    extension('2.5.29.19', true, new BasicConstraints({ cA: false }).toSchema()),
    // digitalSignature and contentCommitment
    extension('2.5.29.15', true, new BitString({ valueHex: Buffer.of(0b1100_0000), unusedBits: 6 })),
    // RFC 9336: for signing documents
    extension(
      '2.5.29.37',
      false,
      new Sequence({ value: [new ObjectIdentifier({ value: '1.3.6.1.5.5.7.3.36' })] }),
    ),
  ];
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, 'SHA-256');
  return certificate;
}

const extension = (extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension =>
  new Extension({ extnID, critical, extnValue: value.toBER() });

async function seal(parsedValue: PrivateKeyInfo, certificate: Certificate): Promise<Buffer> {
  const password = new TextEncoder().encode(OWN_PASSWORD).buffer;
  const shrouded = new PKCS8ShroudedKeyBag({ parsedValue });
  await shrouded.makeInternalValues({
    password,
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 } as never,
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: ITERATIONS,
  });
  const safeBags = [
    new SafeBag({ bagId: '1.2.840.113549.1.12.10.1.2', bagValue: shrouded }),
    new SafeBag({
      bagId: '1.2.840.113549.1.12.10.1.3',
      bagValue: new CertBag({ parsedValue: certificate }),
    }),
  ];
  const authenticatedSafe = new AuthenticatedSafe({
    parsedValue: { safeContents: [{ privacyMode: 0, value: new SafeContents({ safeBags }) }] },
  });
  await authenticatedSafe.makeInternalValues({ safeContents: [{}] });
  const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
  await pfx.makeInternalValues({
    ...{ password, iterations: ITERATIONS },
    pbkdf2HashAlgorithm: { name: 'SHA-256' },
    hmacHashAlgorithm: 'SHA-256',
  });
  return Buffer.from(pfx.toSchema().toBER(false));
}

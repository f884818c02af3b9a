/*
 * Keys with certificates of every kind for signing, and PKCS#12 files of them: what an operator might bring, good and bad.
 */
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

export interface Holder {
  readonly keys: CryptoKeyPair;
  readonly certificate: Certificate;
}

interface HolderOptions {
  readonly by?: Holder;
  readonly rsa?: true;
  /** Of an RSA key: 2048 where nobody says. */
  readonly bits?: number;
  /** Says of itself neither that it may issue nor that it may not. */
  readonly hasNoUsage?: true;
  readonly isAuthority?: true;
  readonly forTimeStamps?: true;
  readonly from?: Date;
  readonly until?: Date;
}

const EC = { name: 'ECDSA', namedCurve: 'P-256' };
const rsaOf = (modulusLength: number) => ({
  ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength },
  publicExponent: Uint8Array.of(1, 0, 1),
});
const YEAR_MS = 365 * 86_400_000;
let serial = 1000;

/** Signed by `by`, or by itself. */
export async function holder(name: string, options: HolderOptions = {}): Promise<Holder> {
  const keys = (await crypto.subtle.generateKey(options.rsa ? rsaOf(options.bits ?? 2048) : EC, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const certificate = new Certificate({ version: 2 });
  certificate.serialNumber = new Integer({ value: serial++ });
  certificate.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value: name }) }),
  );
  certificate.issuer = options.by?.certificate.subject ?? certificate.subject;
  const inSeconds = (at: number): Date => new Date(Math.floor(at / 1000) * 1000);
  certificate.notBefore.value = inSeconds((options.from ?? new Date(Date.now() - YEAR_MS)).getTime());
  certificate.notAfter.value = inSeconds((options.until ?? new Date(Date.now() + YEAR_MS)).getTime());
  certificate.extensions = extensionsOf(options);
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign((options.by?.keys ?? keys).privateKey, 'SHA-256');
  return { keys, certificate };
}

function extensionsOf({ isAuthority, forTimeStamps, hasNoUsage }: HolderOptions): Extension[] {
  if (hasNoUsage) return [];
  const bits = isAuthority ? Buffer.of(0b0000_0110) : Buffer.of(0b1000_0000);
  const extension = (extnID: string, value: { toBER(): ArrayBuffer }): Extension =>
    new Extension({ extnID, critical: true, extnValue: value.toBER() });
  const usages = forTimeStamps ? [new ObjectIdentifier({ value: '1.3.6.1.5.5.7.3.8' })] : null;
  return [
    extension('2.5.29.19', new BasicConstraints({ cA: isAuthority === true }).toSchema()),
    extension('2.5.29.15', new BitString({ valueHex: bits, unusedBits: isAuthority ? 1 : 7 })),
    ...(usages ? [extension('2.5.29.37', new Sequence({ value: usages }))] : []),
  ];
}

export const derOf = (certificate: Certificate): Buffer => Buffer.from(certificate.toSchema().toBER(false));

export const pemOf = (certificate: Certificate): string =>
  `-----BEGIN CERTIFICATE-----\n${derOf(certificate)
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END CERTIFICATE-----\n`;

/** In this order; either may be missing. */
export async function p12Of(
  { key, certificates }: { key: CryptoKey | null; certificates: readonly Certificate[] },
  word: string,
): Promise<Buffer> {
  const password = new TextEncoder().encode(word).buffer;
  const safeBags: SafeBag[] = [];
  if (key) {
    const bagValue = new PKCS8ShroudedKeyBag({
      parsedValue: PrivateKeyInfo.fromBER(await crypto.subtle.exportKey('pkcs8', key)),
    });
    await bagValue.makeInternalValues({
      password,
      contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256 } as never,
      hmacHashAlgorithm: 'SHA-256',
      iterationCount: 2048,
    });
    safeBags.push(new SafeBag({ bagId: '1.2.840.113549.1.12.10.1.2', bagValue }));
  }
  for (const parsedValue of certificates)
    safeBags.push(
      new SafeBag({ bagId: '1.2.840.113549.1.12.10.1.3', bagValue: new CertBag({ parsedValue }) }),
    );
  const authenticatedSafe = new AuthenticatedSafe({
    parsedValue: { safeContents: [{ privacyMode: 0, value: new SafeContents({ safeBags }) }] },
  });
  await authenticatedSafe.makeInternalValues({ safeContents: [{}] });
  const pfx = new PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
  await pfx.makeInternalValues({
    ...{ password, iterations: 2048, hmacHashAlgorithm: 'SHA-256' },
    pbkdf2HashAlgorithm: { name: 'SHA-256' },
  });
  return Buffer.from(pfx.toSchema().toBER(false));
}

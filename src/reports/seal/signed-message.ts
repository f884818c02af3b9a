/*
 * CMS SignedData (RFC 5652) by one signer, as PAdES signatures and RFC 3161 time stamps are, and whether it holds.
 *
 * The promise: each of its bytes counts. What the signature is not over (versions, names of algorithms, certificates of issuers) has
 * to be what it can only be, so that nothing in it can be changed unseen. Written for what it reads; anything else is refused.
 */
import { createHash, verify } from 'node:crypto';
import { type Certificate, factsOf, isIssuedBy, keyOf, readCertificate } from './certificate.js';
import { type Der, Fields, inContext, NotDer, oidIn, onlyPart, partsOf, readDer, TAG } from './der.js';

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export interface SignedMessage {
  readonly contentType: string;
  /** Null where it is elsewhere. */
  readonly content: Buffer | null;
  readonly certificates: readonly Certificate[];
  readonly signer: Signer;
}

interface Signer {
  readonly issuer: Buffer;
  readonly serial: Buffer;
  readonly hash: Hash;
  /** Tagged [0]; the signature is over them as a SET. */
  readonly attributes: Der;
  readonly signed: ReadonlyMap<string, Der>;
  readonly algorithm: string;
  readonly signature: Buffer;
  readonly unsigned: ReadonlyMap<string, Der>;
}

export const OID = {
  ...{
    data: '1.2.840.113549.1.7.1',
    signedData: '1.2.840.113549.1.7.2',
    stamped: '1.2.840.113549.1.9.16.1.4',
  },
  ...{ contentType: '1.2.840.113549.1.9.3', digest: '1.2.840.113549.1.9.4', time: '1.2.840.113549.1.9.5' },
  ...{ certificate: '1.2.840.113549.1.9.16.2.12', certificateV2: '1.2.840.113549.1.9.16.2.47' },
  timeStamp: '1.2.840.113549.1.9.16.2.14',
} as const;

const HASHES: Readonly<Record<string, Hash>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** By the key that it needs, and the hash where it names one. */
const SIGNATURES: Readonly<Record<string, readonly ['rsa' | 'ec', Hash | null]>> = {
  '1.2.840.113549.1.1.1': ['rsa', null],
  '1.2.840.113549.1.1.11': ['rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['rsa', 'sha512'],
  '1.2.840.10045.4.3.2': ['ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ec', 'sha512'],
};

export function readSignedMessage(bytes: Buffer): SignedMessage {
  const info = new Fields(readDer(bytes));
  if (oidIn(info.take(TAG.oid)) !== OID.signedData) throw new NotDer('it is no signed data');
  const fields = new Fields(onlyPart(info.take(inContext(0))));
  info.end();
  const version = fields.take(TAG.integer).body;
  const hashes = partsOf(fields.take(TAG.set)).map(hashIn);
  const encapsulated = new Fields(fields.take(TAG.sequence));
  const contentType = oidIn(encapsulated.take(TAG.oid));
  const inside = encapsulated.maybe(inContext(0));
  encapsulated.end();
  const content = inside && onlyPart(inside);
  if (content && content.tag !== TAG.octets) throw new NotDer('what it says is no string of bytes');
  const certificates = partsOf(fields.take(inContext(0))).map(({ raw }) => readCertificate(raw));
  const signer = readSigner(onlyPart(fields.take(TAG.set)));
  fields.end();
  // RFC 5652 §5.1: 3 where anything but plain data is signed.
  if (version.length !== 1 || version[0] !== (contentType === OID.data ? 1 : 3))
    throw new NotDer('it has another version');
  if (!hashes.includes(signer.hash)) throw new NotDer('it does not name the hash that it uses');
  if (contentType === OID.data && hashes.length !== 1) throw new NotDer('it names more hashes than it uses');
  return { contentType, content: content?.body ?? null, certificates, signer };
}

function readSigner(der: Der): Signer {
  const fields = new Fields(der);
  const version = fields.take(TAG.integer).body;
  if (version.length !== 1 || version[0] !== 1) throw new NotDer('its signer has another version');
  const id = new Fields(fields.take(TAG.sequence));
  const [issuer, serial] = [id.take(TAG.sequence).raw, id.take(TAG.integer).raw];
  id.end();
  const hash = hashIn(fields.take(TAG.sequence));
  const attributes = fields.take(inContext(0));
  const algorithm = algorithmIn(fields.take(TAG.sequence));
  const signature = fields.take(TAG.octets).body;
  const unsigned = fields.maybe(inContext(1));
  fields.end();
  return {
    ...{ issuer, serial, hash, attributes, algorithm, signature },
    signed: attributesIn(attributes),
    unsigned: unsigned ? attributesIn(unsigned) : new Map(),
  };
}

/** Each of them once, and each with one value. */
function attributesIn(der: Der): Map<string, Der> {
  const found = new Map<string, Der>();
  for (const part of partsOf(der)) {
    const fields = new Fields(part);
    const name = oidIn(fields.take(TAG.oid));
    if (found.has(name)) throw new NotDer('it says the same thing twice');
    found.set(name, onlyPart(fields.take(TAG.set)));
    fields.end();
  }
  return found;
}

/** Without parameters, or with the NULL that stands for none. */
function algorithmIn(der: Der): string {
  const fields = new Fields(der);
  const name = oidIn(fields.take(TAG.oid));
  if ((fields.maybe(TAG.nothing)?.body.length ?? 0) !== 0)
    throw new NotDer('an algorithm in it has parameters');
  fields.end();
  return name;
}

export function hashIn(der: Der): Hash {
  const hash = HASHES[algorithmIn(der)];
  if (hash === undefined) throw new NotDer('it uses a hash that is not known here');
  return hash;
}

export const digest = (hash: Hash, ...parts: readonly Uint8Array[]): Buffer => {
  const sum = createHash(hash);
  for (const part of parts) sum.update(part);
  return sum.digest();
};

export type Held =
  | {
      readonly ok: true;
      readonly certificate: Certificate;
      /** Its issuers, each by the next, as far as they are there. */
      readonly issuers: readonly Certificate[];
    }
  | { readonly ok: false; readonly because: 'digest' | 'signature'; readonly why: string };

/** Is it over that, and by the key of the certificate that it names? */
export function holdsOver(data: SignedMessage, digestOf: (hash: Hash) => Buffer): Held {
  const { signer } = data;
  const { signed } = signer;
  const signedDigest = signed.get(OID.digest);
  const here = digestOf(signer.hash);
  if (signedDigest?.tag !== TAG.octets || !signedDigest.body.equals(here)) {
    const was = signedDigest?.body.toString('hex') ?? 'nothing';
    return { ok: false, because: 'digest', why: `${was} was signed, and here is ${here.toString('hex')}` };
  }
  const no = (why: string): Held => ({ ok: false, because: 'signature', why });
  const type = signed.get(OID.contentType);
  if (!type || oidIn(type) !== data.contentType) return no('it is about another kind of content');
  const certificate = data.certificates.find(
    ({ issuer, serial }) => issuer.equals(signer.issuer) && serial.equals(signer.serial),
  );
  if (!certificate) return no('the certificate of its key is not in it');
  if (!isNamed(certificate, signed, data.contentType === OID.stamped))
    return no('it was made with another certificate than the one in it');
  if (!isSigned(signer, certificate)) return no('it was not made with the key of its certificate');
  const weak = weaknessOf(certificate);
  if (weak !== null) return no(weak);
  const issuers = issuersOf(certificate, data.certificates);
  return issuers
    ? { ok: true, certificate, issuers }
    : no('its certificates are not those of its issuers, up to the first');
}

const LEAST_RSA_BITS = 2048;
const CURVES = /^(prime256v1|secp(384|521)r1|brainpoolP(256|320|384|512)[rt]1)$/;

/** A signature by a key that can be found out proves nothing. Null for one that can't. */
function weaknessOf(certificate: Certificate): string | null {
  const { namedCurve, modulusLength } = keyOf(certificate)?.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < LEAST_RSA_BITS)
    return `its key is too short to be believed: ${modulusLength} bits; expected ${LEAST_RSA_BITS} or more`;
  if (namedCurve !== undefined && !CURVES.test(namedCurve))
    return `its key is on a curve that is not known here: ${namedCurve}`;
  return null;
}

/**
 * ESS signing certificate (RFC 5035): the hash of the whole of it. The first version (RFC 2634), by SHA-1, is still what some
 * authorities put into time stamps, and is believed nowhere else.
 */
function isNamed(certificate: Certificate, signed: ReadonlyMap<string, Der>, isStamp: boolean): boolean {
  const second = signed.get(OID.certificateV2);
  const first = isStamp ? signed.get(OID.certificate) : undefined;
  const list = second ?? first;
  if (!list) return false;
  const [named] = partsOf(new Fields(list).take(TAG.sequence));
  if (!named) return false;
  const fields = new Fields(named);
  const algorithm = second ? fields.maybe(TAG.sequence) : null;
  const hash = algorithm ? hashIn(algorithm) : second ? 'sha256' : 'sha1';
  return fields.take(TAG.octets).body.equals(digest(hash, certificate.der));
}

function isSigned({ attributes, algorithm, hash, signature }: Signer, certificate: Certificate): boolean {
  const [type, named] = SIGNATURES[algorithm] ?? [];
  const key = keyOf(certificate);
  if (
    key === null ||
    type === undefined ||
    key.asymmetricKeyType !== type ||
    (named !== null && named !== hash)
  )
    return false;
  // RFC 5652 §5.4: as the SET OF that they are, and not by the tag that they have here.
  const set = Buffer.from(attributes.raw);
  set[0] = TAG.set;
  return verify(hash, set, key, signature);
}

/**
 * Null where one of the certificates is none of its issuers, or where they don't go up to one that has signed itself: nothing is over
 * the last of them then, and it could be changed unseen.
 */
export function issuersOf(of: Certificate, certificates: readonly Certificate[]): Certificate[] | null {
  const left = certificates.filter((one) => one !== of);
  const issuers: Certificate[] = [];
  let last = of;
  while (left.length > 0) {
    // Whoever has a certificate has a key that could sign another; only an authority's counts.
    const place = left.findIndex(({ x509 }) => x509.ca && isIssuedBy(last.x509, x509));
    if (place < 0) return null;
    [last] = left.splice(place, 1) as [Certificate];
    issuers.push(last);
  }
  return issuers.length === 0 || factsOf(last).isSelfSigned ? issuers : null;
}

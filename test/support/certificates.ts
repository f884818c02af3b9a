/*
 * Certificates for servers of tests: X.509 v3, self-signed, ECDSA on P-256, written in DER here (RFC 5280), because Node can
 * read certificates and not issue them, and a library for a page of DER would be one more thing to look after.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface Certificate {
  /** Both in PEM; the certificate is its own authority. */
  readonly key: string;
  readonly cert: string;
}

const DAY_MS = 86_400_000;

/** @param names DNS names and IPv4 addresses */
export function certificateFor(
  names: readonly string[],
  from = new Date(Date.now() - DAY_MS),
  until = new Date(Date.now() + DAY_MS),
): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(COMMON_NAME, der(0x0c, Buffer.from('Portolan test')))));
  const body = sequence(
    der(0xa0, integer(2)), // version 3
    integer(Date.now() % 0x7fff_ffff),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(from), time(until)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension(BASIC_CONSTRAINTS, sequence(TRUE)), extension(ALT_NAMES, altNames(names)))),
  );
  const signed = sequence(
    body,
    ECDSA_WITH_SHA256,
    der(0x03, Buffer.concat([ZERO, sign('sha256', body, privateKey)])),
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${signed
      .toString('base64')
      .match(/.{1,64}/g)!
      .join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

const ZERO = Buffer.from([0]);
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
const ALT_NAMES = Buffer.from('0603551d11', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');

const extension = (id: Buffer, value: Buffer): Buffer => sequence(id, der(0x04, value));

const altNames = (names: readonly string[]): Buffer =>
  sequence(
    ...names.map((name) =>
      isIPv4(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
    ),
  );

/** UTCTime, which RFC 5280 wants up to 2049. */
const time = (at: Date): Buffer =>
  der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));

const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]): Buffer => der(0x31, Buffer.concat(parts));

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return der(0x02, bytes[0]! >= 0x80 ? Buffer.concat([ZERO, bytes]) : bytes);
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

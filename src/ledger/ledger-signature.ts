/*
 * Ed25519 (RFC 8032) by Node, and SHA-256: what the pure parts of the ledger are handed. Keys are texts: the public one SPKI in DER,
 * the private one PKCS#8 in DER, both in base64.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import type { Sha256 } from '../domain/ledger.js';
import { signedText, type Unsigned } from '../domain/ledger-checkpoint.js';
import { type KeyArts, type KeyChange, signedChange } from '../domain/ledger-keys.js';

export const sha256: Sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

export interface KeyPair {
  readonly publicKey: string;
  readonly privateKey: string;
}

export function makeKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey: privateKey.toString('base64') };
}

const publicKeyOf = (text: string) =>
  createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });

export const keyArts: KeyArts = {
  isSigned(publicKey, text, signature) {
    try {
      return verify(
        null,
        Buffer.from(text, 'utf8'),
        publicKeyOf(publicKey),
        Buffer.from(signature, 'base64'),
      );
    } catch {
      return false;
    }
  },
  idOf(publicKey) {
    try {
      const key = publicKeyOf(publicKey);
      if (key.asymmetricKeyType !== 'ed25519') return null;
      return createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex');
    } catch {
      return null;
    }
  },
};

export const signatureOf = (privateKey: string, checkpoint: Unsigned): string =>
  signed(privateKey, signedText(checkpoint));

export const changeSignatureOf = (privateKey: string, change: Omit<KeyChange, 'signature'>): string =>
  signed(privateKey, signedChange(change));

function signed(privateKey: string, text: string): string {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return sign(null, Buffer.from(text, 'utf8'), key).toString('base64');
}

/** As openssl writes it. */
export const pemOf = (publicKey: string): string =>
  publicKeyOf(publicKey).export({ type: 'spki', format: 'pem' }).toString();

/** The id of the public key in a file, PEM or DER; null where there is none of Ed25519. */
export function keyIdIn(file: Buffer): string | null {
  const pem = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(
    file.toString('latin1'),
  );
  return keyArts.idOf((pem?.[1] ?? file.toString('base64')).replace(/\s/g, ''));
}

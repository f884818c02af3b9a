/*
 * Secrets as they lie in the database: AES-256-GCM (NIST SP 800-38D), a nonce of its own each time, and the row's id and name as
 * associated data, so that what was made for one row can't be read in another. Pure.
 *
 * Of several keys the first encrypts, and all decrypt. The promise: what was changed, if only by a bit, is not read; neither a
 * key nor a value is in what is said. A nonce is random in 96 bits: rotate long before a key has made 2^32 of them.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export interface Key {
  /** Tells which key a row needs, and nothing about it. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** What a cipher belongs to. */
export interface Place {
  readonly id: string;
  readonly name: string;
}

export interface Sealed extends Place {
  readonly cipher: Buffer;
  readonly keyId: string;
}

export type Unsealed =
  | { readonly ok: true; readonly value: string }
  /** None of the keys is the one; or one is, and the row is not what it made. */
  | { readonly ok: false; readonly because: 'other-key' | 'changed' };

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
export const KEY_BYTES = 32;

export function keyOf(bytes: Buffer): Key {
  const id = createHash('sha256').update('portolan key id\0').update(bytes).digest('hex').slice(0, 16);
  return { id, bytes };
}

/** The version of this form, the nonce, the tag, and the value in cipher. */
export function seal({ id: keyId, bytes }: Key, { id, name }: Place, value: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated({ id, name }));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return { id, name, keyId, cipher: Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]) };
}

export function unseal(keys: readonly Key[], sealed: Sealed): Unsealed {
  for (const { bytes } of keys) {
    const value = tryKey(bytes, sealed);
    if (value !== null) return { ok: true, value };
  }
  return { ok: false, because: keys.some(({ id }) => id === sealed.keyId) ? 'changed' : 'other-key' };
}

function tryKey(key: Buffer, { cipher, id, name }: Sealed): string | null {
  if (cipher.length < HEAD_BYTES || cipher[0] !== VERSION) return null;
  const nonce = cipher.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated({ id, name }));
  decipher.setAuthTag(cipher.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return decipher.update(cipher.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return null;
  }
}

const associated = ({ id, name }: Place): Buffer =>
  Buffer.from(JSON.stringify(['portolan secret', VERSION, id, name]), 'utf8');

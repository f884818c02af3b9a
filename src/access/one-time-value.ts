/*
 * Values that let somebody in by themselves: sessions, tokens, links, recovery codes. 256 bits by chance, so that a plain hash is
 * enough to keep them by: nobody guesses one, and nobody turns the hash round.
 */
import { createHash, randomBytes } from 'node:crypto';

export const newValue = (prefix: string): string => `${prefix}${randomBytes(32).toString('base64url')}`;

export const hashOf = (value: string): string => createHash('sha256').update(value).digest('hex');

const RECOVERY_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const RECOVERY_LENGTH = 20;

/** Four groups of five letters that nobody takes for others: 99 bits. */
export function newRecoveryCode(): string {
  let code = '';
  while (code.length < RECOVERY_LENGTH) {
    // Bytes beyond the last whole round of letters would favour the first ones.
    for (const byte of randomBytes(32)) {
      if (byte < 248 && code.length < RECOVERY_LENGTH)
        code += RECOVERY_LETTERS[byte % RECOVERY_LETTERS.length];
    }
  }
  return code.match(/.{5}/g)!.join('-');
}

/** As it is typed: capitals and gaps don't matter. */
export const plainRecoveryCode = (typed: string): string => typed.toLowerCase().replace(/[^a-z0-9]/g, '');

/*
 * Time-based one-time passwords (RFC 6238): six digits, SHA-1, thirty seconds, as every authenticator app has them. Pure but for
 * chance. One step before and one after are taken as well, and none twice.
 */
import { Secret, TOTP } from 'otpauth';

const PERIOD_S = 30;
const WINDOW = 1;
const ISSUER = 'Portolan';

export interface NewTotp {
  /** In base32, to be typed in. */
  readonly secret: string;
  /** For a QR code. */
  readonly uri: string;
}

export function newTotp(login: string): NewTotp {
  const secret = new Secret({ size: 20 });
  return { secret: secret.base32, uri: totpOf(secret.base32, login).toString() };
}

/** The step that a code is of, if it is one that was not taken before; null where it is none. */
export function stepOf(code: string, secret: string, now: Date, lastStep: number | null): number | null {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const delta = totpOf(secret, '').validate({ token, timestamp: now.getTime(), window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(now.getTime() / 1000 / PERIOD_S) + delta;
  return lastStep !== null && step <= lastStep ? null : step;
}

const totpOf = (secret: string, label: string): TOTP =>
  new TOTP({
    ...{ issuer: ISSUER, label, algorithm: 'SHA1', digits: 6, period: PERIOD_S },
    secret: Secret.fromBase32(secret),
  });

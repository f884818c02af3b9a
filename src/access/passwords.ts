/*
 * Passwords at rest: argon2id (RFC 9106), with the memory that OWASP asks for at least. Hashed in a thread of its own, so that
 * nobody waits for somebody else's sign-in; two at a time, so that a crowd of them does not take the machine.
 */
import { hash, verify } from '@node-rs/argon2';
import { normalPassword } from '../domain/password.js';
import { Refusal } from '../platform/refusal.js';

/** By its number: the package's own name for it does not outlive the compiler. */
const ARGON2ID = 2;
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const AT_ONCE = 2;
/** A few seconds' work; whoever comes then comes again. */
const WAITING_MOST = 50;

let free = AT_ONCE;
const waiting: Array<() => void> = [];

export const hashPassword = (password: string): Promise<string> =>
  inTurn(() => hash(normalPassword(password), OPTIONS));

/** Takes as long where there is no such account: how long it took tells nobody who has one. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const against = kept ?? (await nobodysHash());
  const isIt = await inTurn(() => verify(against, normalPassword(password)));
  return kept !== null && isIt;
}

let nobodys: Promise<string> | null = null;
function nobodysHash(): Promise<string> {
  nobodys ??= hashPassword('nobody has this password');
  return nobodys;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free > 0) free--;
  else {
    if (waiting.length >= WAITING_MOST)
      throw new Refusal('too-many', 'very many sign in at once; try again in a few seconds', {
        retryAfterSeconds: 5,
      });
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

/*
 * Where somebody goes on to after they have signed in: to where they wanted to be, on this service and nowhere else.
 */
import type { AccountRow } from './access.entities.js';

const NOWHERE = 'http://here.invalid';
const LONGEST = 2000;

/** A path of ours: `//elsewhere` and `/\elsewhere` are none, and neither is what leads back to the sign-in. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || next.length > LONGEST || !/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(next))
    return '/';
  // As a browser will read it, whatever the letters look like.
  if (!URL.canParse(next, NOWHERE)) return '/';
  const { origin, pathname } = new URL(next, NOWHERE);
  if (origin !== NOWHERE || pathname.startsWith('//')) return '/';
  return /^\/(sign-in|sign-out|set-up|choose-password)\b/i.test(decoded(pathname)) ? '/' : next;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** An owner has no overview: what they own is among the findings. */
export function landing({ role, owners }: Pick<AccountRow, 'role' | 'owners'>, next: unknown): string {
  const path = safeNext(next);
  if (path !== '/' || role !== 'owner') return path;
  return owners.length === 1 ? `/owners/${encodeURIComponent(owners[0]!)}` : '/owners';
}

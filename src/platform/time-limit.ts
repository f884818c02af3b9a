/*
 * Waits for work, but not for longer than it may take. The work itself goes on, and what comes of it later, a failure as
 * well, is dropped: whoever starts it again and again must not let it pile up.
 */
import { pause } from './loop.js';

/** It has not ended in time. */
export const LATE = Symbol('late');

export async function within<T>(ms: number, work: Promise<T>): Promise<T | typeof LATE> {
  const ended = new AbortController();
  try {
    return await Promise.race([work, pause(ms, ended.signal).then((): typeof LATE => LATE)]);
  } finally {
    ended.abort();
  }
}

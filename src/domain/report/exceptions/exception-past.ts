/*
 * Since when the inventory has had each of its exceptions, and which it has no more, by its versions. Pure. An exception is known by its
 * host and ports: with another end or approver it is the same risk, renewed.
 *
 * The trap: the versions that were read may not go back to the first. What the oldest of them has already is older than can be told.
 */
import type { Exception } from '../../inventory.js';

export interface PastVersion {
  readonly at: Date;
  /** Null where the service read it by itself. */
  readonly by: string | null;
  readonly note: string | null;
  readonly exceptions: readonly Exception[];
}

export interface Since {
  readonly at: Date;
  readonly isExact: boolean;
}

export interface Withdrawn {
  readonly exception: Exception;
  readonly at: Date;
  readonly by: string | null;
  readonly note: string | null;
}

const keyOf = ({ host, ports }: Exception): string => `${ports} ${host}`;

/** @param versions the newest first. @param isAll whether there are none before them */
export function sinceOf(
  versions: readonly PastVersion[],
  isAll: boolean,
): (exception: Exception) => Since | null {
  const keys = versions.map(({ exceptions }) => new Set(exceptions.map(keyOf)));
  return (exception) => {
    const key = keyOf(exception);
    const gone = keys.findIndex((one) => !one.has(key));
    const last = gone === -1 ? versions.length - 1 : gone - 1;
    const version = versions[last];
    return version ? { at: version.at, isExact: gone !== -1 || isAll } : null;
  };
}

/** From a day on. */
export function withdrawnSince(versions: readonly PastVersion[], from: Date): Withdrawn[] {
  return versions.slice(1).flatMap((older, index) => {
    const newer = versions[index]!;
    if (newer.at < from) return [];
    const kept = new Set(newer.exceptions.map(keyOf));
    const gone = new Map(older.exceptions.map((one) => [keyOf(one), one]));
    return [...gone]
      .filter(([key]) => !kept.has(key))
      .map(([, exception]) => ({ exception, at: newer.at, by: newer.by, note: newer.note }));
  });
}

/*
 * Which declared services their owners have reviewed: those that stood on a list that was signed for the owner who answers for them still,
 * and that are declared as they were. Pure; one more signature never makes less of it.
 *
 * The trap is to take a signature for more than it was given for. A port that was declared since, one that has another owner now or none,
 * and one whose list is not there any more to be read, is reviewed by nobody.
 */
import { PortSet } from '../../port-set.js';
import type { ReviewEvidence, ServiceEvidence } from './compliance.js';

/** A list of what an owner answers for, and who has signed it for them. */
export interface SignedList {
  readonly report: string;
  readonly owner: string;
  /** Who has signed, as the record names them. */
  readonly by: string;
  readonly at: Date;
  /** When the list was made. */
  readonly madeAt: Date;
  readonly comment: string | null;
  /** What was declared open on it, by host and name of the service; null where the list that was signed is not there any more. */
  readonly services: ReadonlyArray<{
    readonly host: string;
    readonly service: string | null;
    readonly ports: string;
  }> | null;
}

export interface Reviewed {
  readonly services: ServiceEvidence[];
  /** The latest first. */
  readonly reviews: ReviewEvidence[];
}

/** Each service gets the latest signature that it stands under. */
export function reviewed(services: readonly ServiceEvidence[], lists: readonly SignedList[]): Reviewed {
  const latest = [...lists].sort(latestFirst).map((list) => ({ list, ports: portsOn(list), covers: 0 }));
  const byOwner = new Map<string, typeof latest>();
  for (const one of latest) byOwner.set(one.list.owner, [...(byOwner.get(one.list.owner) ?? []), one]);
  const rows = services.map((row): ServiceEvidence => {
    if (row.expect !== 'open') return row;
    const ports = PortSet.parse(row.ports);
    const its = row.owner === null ? [] : (byOwner.get(row.owner) ?? []);
    const signed = its.find((one) => {
      const listed = one.ports.get(keyOf(row));
      return listed !== undefined && ports.subtract(listed).isEmpty;
    });
    if (signed) signed.covers++;
    return { ...row, reviewedAt: signed?.list.at.toISOString() ?? null };
  });
  const reviews = latest.map(({ list, covers }): ReviewEvidence => {
    const { at, by, owner, comment, report, madeAt } = list;
    const listed = list.services?.length ?? null;
    return {
      ...{ at: at.toISOString(), by, of: owner, comment, report },
      ...{ listMadeAt: madeAt.toISOString(), listed, covers },
    };
  });
  return { services: rows, reviews };
}

function portsOn({ services }: SignedList): Map<string, PortSet> {
  const texts = new Map<string, string[]>();
  for (const one of services ?? []) texts.set(keyOf(one), [...(texts.get(keyOf(one)) ?? []), one.ports]);
  return new Map(
    Array.from(texts, ([key, ports]) => [key, PortSet.unionOf(ports.map((one) => PortSet.parse(one)))]),
  );
}

const keyOf = ({ host, service }: { readonly host: string; readonly service: string | null }): string =>
  JSON.stringify([host, service]);

const latestFirst = (a: SignedList, b: SignedList): number =>
  b.at.getTime() - a.at.getTime() ||
  Number(BigInt(b.report) - BigInt(a.report)) ||
  (a.owner < b.owner ? -1 : a.owner > b.owner ? 1 : 0);

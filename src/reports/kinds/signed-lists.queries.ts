/*
 * What owners were signed for: who signed which attestation, and what stood on it for them. Reads only. A list counts where it is still
 * there and is, by its hash, the one that was signed; the database hashes it anew.
 */
import type { SignedList } from '../../domain/report/compliance/reviewed.js';
import type { Rows } from '../gathering/reading.js';

interface SignOff extends Omit<SignedList, 'services'> {
  readonly sha256: string;
}

interface ListedRow {
  readonly owner: string;
  readonly host: string;
  readonly service: string | null;
  readonly ports: string;
}

const SIGN_OFFS = `
select signed.owner, signed.by, signed.at, signed.comment, signed.snapshot_sha256 as sha256, report.id::text as report,
  report.made_at as "madeAt"
from report_signoff as signed join report on report.id = signed.report_id
where signed.at >= $1 and signed.at <= $2 order by signed.id desc`;

const SAME = `
select id::text from report where id = $1 and snapshot is not null and snapshot_sha256 = $2
  and encode(sha256(convert_to(snapshot, 'UTF8')), 'hex') = $2`;

const LISTED = `
select service ->> 'owner' as owner, service ->> 'host' as host, service ->> 'service' as service, string_agg(service ->> 'ports', ',') as ports
from report cross join lateral json_array_elements(report.snapshot::json -> 'services') as service
where report.id = $1 and service ->> 'owner' in (select jsonb_array_elements_text($2::jsonb)) group by 1, 2, 3`;

export class SignedListsQueries {
  constructor(private readonly rows: Rows) {}

  /** Of some owners, signed in a time, the latest first. */
  async lists(owners: ReadonlySet<string>, from: Date, until: Date): Promise<SignedList[]> {
    const all = await this.rows.query<SignOff>(SIGN_OFFS, [from, until]);
    const theirs = all.filter(({ owner }) => owners.has(owner));
    const lists: SignedList[] = [];
    for (const report of new Set(theirs.map((one) => one.report))) {
      const signed = theirs.filter((one) => one.report === report);
      const services = await this.servicesOf(report, signed);
      lists.push(
        ...signed.map(({ sha256: _, ...one }) => ({
          ...{ ...one, at: new Date(one.at), madeAt: new Date(one.madeAt) },
          services: services && (services.get(one.owner) ?? []),
        })),
      );
    }
    return lists;
  }

  /** By owner; null where it is not what was signed any more. */
  private async servicesOf(
    report: string,
    signed: readonly SignOff[],
  ): Promise<Map<string, ListedRow[]> | null> {
    const [{ sha256 }] = signed as [SignOff];
    if ((await this.rows.query(SAME, [report, sha256])).length === 0) return null;
    const names = signed.map(({ owner }) => owner);
    const owners = new Map<string, ListedRow[]>(names.map((owner) => [owner, []]));
    const found = await this.rows.query<ListedRow>(LISTED, [report, JSON.stringify(names)]);
    for (const row of found) owners.get(row.owner)!.push(row);
    return owners;
  }
}

/*
 * What the chart reads: what addresses were last seen to be, the findings that live, and what has changed since it was asked
 * last. Reads only. Whoever asks for a page's hosts asks by their addresses, so that no large table is read for it.
 */
import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import type { Charted } from '../domain/charted.js';
import type { DriftKind, Severity } from '../domain/drift.js';
import type { FindingState } from '../domain/finding.js';
import { PortSet } from '../domain/port-set.js';
import { ChartedHost } from './chart.entities.js';
import { toCharted } from './charted-row.js';

/** Of so many runs of an audit the chart is made, where it has to be made anew. */
const RUNS_MOST = 3;
/** Runs without a verdict on the network that are looked past. */
const RUNS_PASSED = 200;

/** An address that was looked at, in short. */
export interface SeenAddress {
  readonly address: string;
  readonly open: PortSet;
  /** It has refused, or accepted, a connection. */
  readonly answered: boolean;
  readonly at: Date;
}

/** How many findings live at an address; or, without one, of a host as it is declared. */
export interface AliveCount {
  readonly address: string | null;
  readonly host: string;
  readonly drift: number;
  readonly accepted: number;
  readonly worst: number;
}

export interface AliveFinding {
  readonly id: string;
  readonly kind: DriftKind;
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly declared: string | null;
  readonly observed: string | null;
  readonly service: string | null;
  readonly severity: Severity;
  readonly state: FindingState;
  readonly acceptedUntil: string | null;
  readonly lastSeen: Date;
}

export interface HostStep {
  readonly findingId: string;
  readonly kind: DriftKind;
  readonly address: string | null;
  readonly port: number | null;
  readonly at: Date;
  readonly actor: string;
  readonly runId: string | null;
  readonly fromState: FindingState | null;
  readonly toState: FindingState;
  readonly why: string;
}

const ALIVE = `select id::text, kind, host, address, port, declared, observed, service, severity, state,
  accepted_until::text as "acceptedUntil", last_seen as "lastSeen" from finding`;

const AUDITS = `with recursive audits (audit) as (
  (select audit from run order by audit limit 1)
  union all
  select (select audit from run where run.audit > audits.audit order by audit limit 1) from audits where audits.audit is not null
)`;

@Injectable()
export class ChartQueries {
  constructor(private readonly database: DataSource) {}

  /** The oldest of each audit's last runs that is not in the chart, and whose looks are kept. */
  async nextRun(): Promise<string | null> {
    const [next] = (await this.database.query(
      `${AUDITS}
       select run.id::text from audits cross join lateral (
         select id from (select id, state, coverage from run where run.audit = audits.audit order by id desc limit ${RUNS_PASSED}) as late
         where state in ('compared', 'finished') and coverage is not null order by id desc limit ${RUNS_MOST}
       ) as run
       where not exists (select from chart_mark where run_id = run.id)
         and exists (select from scan where scan.run_id = run.id and not is_archived)
       order by run.id limit 1`,
    )) as Array<{ id: string }>;
    return next?.id ?? null;
  }

  /** Moves whenever the chart or a finding does. */
  async tide(): Promise<string> {
    const [row] = (await this.database.query(
      `select coalesce((select max(id) from chart_mark), 0)::text as mark, coalesce((select max(id) from finding_event), 0)::text as event`,
    )) as Array<{ mark: string; event: string }>;
    return `${row!.mark} ${row!.event}`;
  }

  async seen(vantage: string): Promise<SeenAddress[]> {
    const rows = (await this.database.query(
      `select address, open::text as open, not (isempty(open) and isempty(closed)) as answered, at from charted_host where vantage = $1`,
      [vantage],
    )) as Array<{ address: string; open: string; answered: boolean; at: Date }>;
    return rows.map((row) => ({ ...row, open: PortSet.fromMultirange(row.open), at: new Date(row.at) }));
  }

  /** @param severities from the worst on: `worst` is a place among them */
  async alive(severities: readonly Severity[]): Promise<AliveCount[]> {
    const worst = `array_position(array[${severities.map((name) => `'${name}'`).join(', ')}], severity)`;
    const counts = `count(*) filter (where state <> 'accepted')::int as drift, count(*) filter (where state = 'accepted')::int as accepted,
      coalesce(min(${worst}) filter (where state <> 'accepted'), ${severities.length + 1})::int - 1 as worst`;
    return this.database.query(
      `select address, '' as host, ${counts} from finding where state <> 'resolved' and address is not null group by address
       union all
       select null, host, ${counts} from finding where state <> 'resolved' and address is null group by host`,
    );
  }

  /** What is known of addresses, by address. */
  async charted(vantage: string, addresses: readonly string[]): Promise<Map<string, Charted>> {
    const rows = await this.database
      .getRepository(ChartedHost)
      .findBy({ vantage, address: In([...addresses]) });
    return new Map(rows.map((row) => [row.address, toCharted(row)]));
  }

  async aliveAt(addresses: readonly string[]): Promise<AliveFinding[]> {
    return this.findings(
      `where state <> 'resolved' and address in (select jsonb_array_elements_text($1::jsonb))`,
      [JSON.stringify(addresses)],
    );
  }

  /** What is wrong with the declaration itself. */
  async aliveOf(host: string): Promise<AliveFinding[]> {
    return this.findings(`where state <> 'resolved' and address is null and host = $1`, [host]);
  }

  /** What findings at these addresses went through of late, the newest first. */
  async steps(addresses: readonly string[], limit: number): Promise<HostStep[]> {
    const rows = (await this.database.query(
      `select event.finding_id::text as "findingId", finding.kind, finding.address, finding.port, event.at, event.actor,
         event.run_id::text as "runId", event.from_state as "fromState", event.to_state as "toState", event.why
       from finding join finding_event as event on event.finding_id = finding.id
       where finding.address in (select jsonb_array_elements_text($1::jsonb)) order by event.id desc limit $2`,
      [JSON.stringify(addresses), limit],
    )) as HostStep[];
    return rows.map((row) => ({ ...row, at: new Date(row.at) }));
  }

  /** Where names led when the last run of each audit looked them up. */
  async resolved(): Promise<Map<string, string[]>> {
    const rows = (await this.database.query(
      `${AUDITS}
       select run.resolved from audits cross join lateral (
         select id, resolved from run where run.audit = audits.audit order by id desc limit 1) as run
       where run.resolved <> '{}' order by run.id`,
    )) as Array<{ resolved: Record<string, string[]> }>;
    return new Map(rows.flatMap(({ resolved }) => Object.entries(resolved)));
  }

  private async findings(where: string, parameters: unknown[]): Promise<AliveFinding[]> {
    const rows = (await this.database.query(
      `${ALIVE} ${where} order by port, id`,
      parameters,
    )) as AliveFinding[];
    return rows.map((row) => ({ ...row, lastSeen: new Date(row.lastSeen) }));
  }
}

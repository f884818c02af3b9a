/*
 * Findings in the database's own terms, many at a time: a run of a large network moves a hundred thousand, and each passes
 * here as plain JSON, in a few statements. Nothing here decides anything.
 *
 * The trap is the order: events get their numbers in the order in which they are given.
 */
import type { EntityManager } from 'typeorm';
import type { Finding, FindingEvent } from '../domain/finding.js';

/** Every property of a finding: its column, and the type in which that crosses. One that is left out does not compile. */
const CROSSING: { readonly [Name in keyof Finding]: readonly [column: string, type: string] } = {
  key: ['key', 'text'],
  kind: ['kind', 'text'],
  host: ['host', 'text'],
  address: ['address', 'text'],
  port: ['port', 'integer'],
  declared: ['declared', 'text'],
  observed: ['observed', 'text'],
  service: ['service', 'text'],
  owner: ['owner', 'text'],
  severity: ['severity', 'text'],
  severityReasons: ['severity_reasons', 'jsonb'],
  evidence: ['evidence', 'text'],
  state: ['state', 'text'],
  confirmations: ['confirmations', 'integer'],
  firstSeen: ['first_seen', 'timestamptz'],
  lastSeen: ['last_seen', 'timestamptz'],
  openedAt: ['opened_at', 'timestamptz'],
  resolvedAt: ['resolved_at', 'timestamptz'],
  acceptedUntil: ['accepted_until', 'date'],
  acceptedBy: ['accepted_by', 'text'],
  assignee: ['assignee', 'text'],
  reopened: ['reopened', 'integer'],
  looks: ['looks', 'text'],
  turns: ['turns', 'jsonb'],
  evidenceAt: ['evidence_at', 'timestamptz'],
  evidenceOrder: ['evidence_order', 'float8'],
};
const COLUMNS = Object.entries(CROSSING).map(([name, [column, type]]) => [column, type, name] as const);
/** A date's own type would be read as midnight in this machine's zone. */
const SELECTED = COLUMNS.map(([column, type, name]) =>
  type === 'date' ? `${column}::text as "${name}"` : `${column}::${type} as "${name}"`,
).join(', ');
const NAMES = COLUMNS.map(([column]) => column).join(', ');
const UPSERT = `
insert into finding (${NAMES})
select ${COLUMNS.map(([, , name]) => `"${name}"`).join(', ')}
from jsonb_to_recordset($1::jsonb) as one (${COLUMNS.map(([, type, name]) => `"${name}" ${type}`).join(', ')})
on conflict on constraint finding_key_uq do update set ${COLUMNS.filter(([column]) => column !== 'key')
  .map(([column]) => `${column} = excluded.${column}`)
  .join(', ')}`;
const APPEND = `
insert into finding_event (finding_id, run_id, at, actor, from_state, to_state, why)
select finding.id, $2::bigint, one.at, one.actor, one."from", one."to", one.why
from jsonb_to_recordset($1::jsonb) as one (place integer, key text, at timestamptz, actor text, "from" text, "to" text, why text)
join finding on finding.key = one.key order by one.place`;

/** Findings in a statement: some megabytes of JSON. */
const CHUNK = 5000;

export async function readFindings(
  rows: Pick<EntityManager, 'query'>,
  where: string,
  parameters: unknown[] = [],
): Promise<Finding[]> {
  const found: Stored[] = await rows.query(`select ${SELECTED} from finding where ${where}`, parameters);
  return found.map(revive);
}

/** Findings whose key is known are moved, the others are new. */
export async function writeFindings(
  rows: Pick<EntityManager, 'query'>,
  findings: readonly Finding[],
): Promise<void> {
  for (const chunk of chunked(findings)) await rows.query(UPSERT, [JSON.stringify(chunk)]);
}

/** Appends to the history of findings that have been written. @param runId null where people have moved them */
export async function appendEvents(
  rows: Pick<EntityManager, 'query'>,
  runId: string | null,
  events: readonly FindingEvent[],
): Promise<void> {
  for (const chunk of chunked(events)) {
    const placed = chunk.map((event, place) => ({ place, ...event }));
    await rows.query(APPEND, [JSON.stringify(placed), runId]);
  }
}

/** As the drivers hand a row out: one has instants as dates, the other as text. */
type Stored = {
  readonly [Name in keyof Finding]: Finding[Name] extends Date ? Date | string : Finding[Name];
};

function revive(row: Stored): Finding {
  return {
    ...row,
    firstSeen: new Date(row.firstSeen),
    lastSeen: new Date(row.lastSeen),
    openedAt: row.openedAt && new Date(row.openedAt),
    resolvedAt: row.resolvedAt && new Date(row.resolvedAt),
    turns: row.turns.map((turn) => new Date(turn)),
    evidenceAt: new Date(row.evidenceAt),
  };
}

function* chunked<T>(list: readonly T[]): Generator<T[]> {
  for (let from = 0; from < list.length; from += CHUNK) yield list.slice(from, from + CHUNK);
}

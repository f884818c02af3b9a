/*
 * Where a drift report comes from: the history of findings in a period, and how the audits kept watch then.
 */
import { AddressSet } from '../../domain/address-set.js';
import { SEVERITIES } from '../../domain/drift.js';
import type { Inventory } from '../../domain/inventory.js';
import { belonging, isNarrowed, type Places, type Subject } from '../../domain/report/belonging.js';
import { buildDrift, type Standing } from '../../domain/report/drift/build-drift.js';
import type { DriftFinding, DriftSnapshot } from '../../domain/report/drift/drift.js';
import { listedOf, MovedCounts, type MovedFacts } from '../../domain/report/drift/moved.js';
import type { ReportHead } from '../../domain/report/head.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { isToNow, periodOf, startOfPeriod } from '../../domain/report/period.js';
import { Refusal } from '../../platform/refusal.js';
import type { Reading, Rows } from '../gathering/reading.js';
import { type Among, DriftMovesQueries, type StandingAt } from './drift-moves.queries.js';
import { DriftRunsQueries, driftAudits, type RunCount } from './drift-runs.queries.js';
import { InventoryPastReader } from './inventory-past.js';
import { headOf, refuseUnknown } from './report-asked.js';
import type { ReportSource } from './report-kind.js';
import { SourceRunsQueries } from './source-runs.queries.js';

/** Where no first day is given. */
const DAYS = 30;
/** Three years: more is a history and no report. */
const DAYS_MOST = 1097;
/** Rows that cross the event loop as one text, of some 300 bytes each, and of some 600. */
const COUNTED_AT_ONCE = 5000;
const LISTED_AT_ONCE = 2000;
/** Of rows of 400 bytes no more fit into the evidence. */
const LISTED_MOST = 30_000;
/** Of audits that run each minute there may be many more; then those are named that moved what is listed. */
const MOVERS_MOST = 5000;

interface DriftPeriod {
  readonly from: Date;
  readonly until: Date;
  /** It ends when the report is made. */
  readonly isToNow: boolean;
}

export class DriftSource implements ReportSource<DriftSnapshot> {
  private readonly inventory: InventoryPastReader;
  private readonly moves = new DriftMovesQueries();
  private readonly watch = new DriftRunsQueries();
  private readonly sources: SourceRunsQueries;

  constructor(private readonly reading: Reading) {
    this.inventory = new InventoryPastReader(reading);
    this.sources = new SourceRunsQueries(reading);
  }

  async draw(parameters: ReportParameters, at: Date): Promise<DriftSnapshot> {
    const days = periodOf(parameters, at, DAYS, DAYS_MOST);
    if ('why' in days) throw new Refusal('bad-input', days.why);
    const period = { from: startOfPeriod(days), until: new Date(days.until), isToNow: isToNow(days, at) };
    const known = await this.inventory.current();
    const inventory = known?.inventory ?? null;
    refuseUnknown(inventory, parameters);
    await this.refuseUnknownAudits(inventory, parameters);
    const head = headOf(known, parameters, at);
    const isTold = isNarrowed(parameters) ? toldBy(parameters, head.scopes, inventory) : null;
    const facts = {
      ...{ head: { ...head, runs: [] }, period: { from: period.from, until: period.until } },
      owners: Array.from(inventory?.owners.values() ?? [], ({ id, name, email }) => ({ id, name, email })),
    };
    // As of one moment, or a run that moves findings meanwhile would be in some of the numbers.
    return this.reading.asOfOneMoment(async (rows) => {
      const recorded = await this.recorded(rows, parameters, period, isTold);
      const audits = driftAudits(namesIn(inventory, parameters), recorded.counts, recorded.missed);
      const trusted = recorded.counts.filter(isTrusted).map(({ day }) => day);
      const snapshot = buildDrift({ ...facts, ...recorded, audits, trusted });
      const listed = snapshot.findings.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
      const { runs } = recorded.moved.counts;
      const movers = runs.size <= MOVERS_MOST ? runs : listed;
      const ids = new Set([...movers, ...audits.flatMap(({ lastTrusted }) => lastTrusted ?? [])]);
      return { ...snapshot, runs: await this.sources.runs(rows, Array.from(ids)) };
    });
  }

  private async recorded(
    rows: Rows,
    { owner, audits: named }: ReportParameters,
    period: DriftPeriod,
    isTold: IsTold | null,
  ) {
    const { from } = period;
    const until = period.isToNow ? null : period.until;
    const audits = named.length === 0 ? null : named;
    const among = { owner, audits };
    const standing = async (at: Date | null): Promise<Standing[]> => {
      const found = await this.moves.standing(rows, among, at, isTold !== null);
      return isTold === null ? found : alike(found.filter(isTold));
    };
    return {
      moved: await this.moved(rows, among, period, isTold),
      opening: await standing(from),
      closing: await standing(until),
      counts: await this.watch.counts(rows, audits, period),
      gaps: await this.watch.gaps(rows, audits, period),
      missed: await this.watch.missed(rows, audits, period),
    };
  }

  /** All are counted, some thousands at a time, and the gravest then read once more to be listed. */
  private async moved(
    rows: Rows,
    among: Among,
    period: DriftPeriod,
    isTold: IsTold | null,
  ): Promise<MovedFacts> {
    const counts = new MovedCounts(period, period.isToNow);
    const moved = new Map(SEVERITIES.map((severity) => [severity, [] as string[]]));
    const ids = await this.moves.movedIds(rows, period.from, period.isToNow ? null : period.until);
    for (const some of chunks(ids, COUNTED_AT_ONCE))
      for (const one of await this.moves.counted(rows, among, some, isTold !== null))
        if ((isTold === null || isTold(one)) && counts.add(one, one.ids.length))
          moved.get(one.severity)!.push(...one.ids);
    let grave: string[] = [];
    for (const its of moved.values()) if (grave.length < LISTED_MOST) grave = grave.concat(its);
    if (grave.length > LISTED_MOST) grave = await this.moves.gravest(rows, grave, LISTED_MOST);
    const findings: DriftFinding[] = [];
    for (const some of chunks(grave, LISTED_AT_ONCE))
      for (const one of await this.moves.listed(rows, some)) {
        const listed = counts.listed(one);
        if (listed) findings.push(listed);
      }
    return { counts, listed: listedOf(findings) };
  }

  private async refuseUnknownAudits(
    inventory: Inventory | null,
    { audits }: ReportParameters,
  ): Promise<void> {
    const declared = new Set((inventory?.audits ?? []).map(({ name }) => name));
    const [unknown] = await this.sources.withoutRuns(audits.filter((name) => !declared.has(name)));
    if (unknown !== undefined)
      throw new Refusal('not-found', `there is no audit '${unknown}', and there was none`);
  }
}

const isTrusted = ({ verdict }: RunCount): boolean => verdict === 'clean' || verdict === 'drift';

const namesIn = (inventory: Inventory | null, { audits }: ReportParameters): readonly string[] =>
  audits.length > 0 ? audits : (inventory?.audits ?? []).map(({ name }) => name);

type IsTold = (subject: Subject) => boolean;

function toldBy(
  parameters: ReportParameters,
  scopes: ReportHead['scopes'],
  inventory: Inventory | null,
): IsTold {
  const belongs = belonging(parameters, scopes);
  const places = placesIn(inventory);
  return (subject) => belongs(subject, places);
}

function* chunks(ids: readonly string[], size: number): Generator<readonly string[]> {
  for (let at = 0; at < ids.length; at += size) yield ids.slice(at, at + size);
}

function placesIn(inventory: Inventory | null): Places {
  const hosts = new Map((inventory?.hosts ?? []).map((host) => [host.name, host]));
  return {
    tagsOf: ({ host }) => hosts.get(host)?.tags ?? [],
    addressesOf: (host) => hosts.get(host)?.addresses ?? AddressSet.empty,
  };
}

/** Taken together where they differ by their place alone. */
function alike(standing: readonly StandingAt[]): Standing[] {
  const sums = new Map<string, Standing>();
  for (const { kind, severity, owner, state, findings } of standing) {
    const key = JSON.stringify([kind, severity, owner, state]);
    sums.set(key, { kind, severity, owner, state, findings: findings + (sums.get(key)?.findings ?? 0) });
  }
  return Array.from(sums.values());
}

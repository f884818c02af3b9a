/*
 * Where a drift report comes from: the history of findings in a period, and how the audits kept watch then.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AddressSet } from '../../domain/address-set.js';
import type { Inventory } from '../../domain/inventory.js';
import { belonging, isNarrowed, type Places, type Subject } from '../../domain/report/belonging.js';
import { buildDrift, type Standing } from '../../domain/report/drift/build-drift.js';
import type { DriftSnapshot } from '../../domain/report/drift/drift.js';
import { type DriftPeriod, driftPeriod } from '../../domain/report/drift/drift-period.js';
import type { ReportHead } from '../../domain/report/head.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { Refusal } from '../../platform/refusal.js';
import { DriftMovesQueries, type StandingAt } from './drift-moves.queries.js';
import { DriftRunsQueries, driftAudits, type RunCount } from './drift-runs.queries.js';
import { headOf, refuseUnknown } from './report-asked.js';
import type { ReportSource } from './report-kind.js';
import { SourceRunsQueries } from './source-runs.queries.js';

@Injectable()
export class DriftSource implements ReportSource<DriftSnapshot> {
  constructor(
    private readonly database: DataSource,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(DriftMovesQueries) private readonly moves: DriftMovesQueries,
    @Inject(DriftRunsQueries) private readonly watch: DriftRunsQueries,
    @Inject(SourceRunsQueries) private readonly sources: SourceRunsQueries,
  ) {}

  async draw(parameters: ReportParameters, at: Date): Promise<DriftSnapshot> {
    const period = driftPeriod(parameters, at);
    if (!period.ok) throw new Refusal('bad-input', period.why);
    const known = await this.inventory.current();
    const inventory = known?.inventory ?? null;
    refuseUnknown(inventory, parameters);
    await this.refuseUnknownAudits(inventory, parameters);
    const head = headOf(known, parameters, at);
    const isTold = toldBy(parameters, head.scopes, inventory);
    const facts = {
      ...{ head: { ...head, runs: [] }, period: { from: period.from, until: period.until } },
      isToNow: period.isToNow,
      owners: Array.from(inventory?.owners.values() ?? [], ({ id, name, email }) => ({ id, name, email })),
    };
    // As of one moment, or a run that moves findings meanwhile would be in some of the numbers.
    return this.database.transaction('REPEATABLE READ', async (rows) => {
      const recorded = await this.recorded(rows, parameters, period, isTold);
      const audits = driftAudits(namesIn(inventory, parameters), recorded.counts, recorded.missed);
      const trusted = recorded.counts.filter(isTrusted).map(({ day }) => day);
      const snapshot = buildDrift({ ...facts, ...recorded, audits, trusted });
      const movers = snapshot.findings.flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
      const ids = new Set([...movers, ...audits.flatMap(({ lastTrusted }) => lastTrusted ?? [])]);
      return { ...snapshot, runs: await this.sources.runs(rows, Array.from(ids)) };
    });
  }

  private async recorded(
    rows: EntityManager,
    { owner, audits: named }: ReportParameters,
    period: DriftPeriod,
    isTold: (subject: Subject) => boolean,
  ) {
    const { from } = period;
    const until = period.isToNow ? null : period.until;
    const audits = named.length === 0 ? null : named;
    const among = { owner, audits };
    return {
      moved: (await this.moves.moved(rows, among, from, until)).filter(isTold),
      opening: alike((await this.moves.standing(rows, among, from)).filter(isTold)),
      closing: alike((await this.moves.standing(rows, among, until)).filter(isTold)),
      counts: await this.watch.counts(rows, audits, period),
      gaps: await this.watch.gaps(rows, audits, period),
      missed: await this.watch.missed(rows, audits, period),
    };
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

function toldBy(
  parameters: ReportParameters,
  scopes: ReportHead['scopes'],
  inventory: Inventory | null,
): (subject: Subject) => boolean {
  if (!isNarrowed(parameters)) return () => true;
  const belongs = belonging(parameters, scopes);
  const places = placesIn(inventory);
  return (subject) => belongs(subject, places);
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

/*
 * Every audit of the inventory with what is known of it: its last runs, when it is due, and what stands against it. One place, so
 * that the overview, the audits' pages and programs are told the same.
 */
import { Inject, Injectable } from '@nestjs/common';
import { nextStart } from '../domain/agenda.js';
import { type Estimated, estimateAudit } from '../domain/audit-estimate.js';
import { selects } from '../domain/audit-plan.js';
import { dayOf } from '../domain/day.js';
import type { Audit } from '../domain/inventory.js';
import { staleSince } from '../domain/staleness.js';
import { blackoutOf, type Spell } from '../domain/window.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { type ProgressView, RunProgress } from './run-progress.js';
import { isOver } from './run-view.js';
import { type AuditAgenda, type RunRow, ScansQueries } from './scans.queries.js';
import { LOCAL_VANTAGE } from './scheduler.js';

export interface AuditFacts {
  readonly audit: Audit;
  /** How many of the inventory's hosts it looks at. */
  readonly hosts: number;
  /** Does it run from here? */
  readonly isOurs: boolean;
  /** Does it run by itself, so that it can be paused? */
  readonly isPausable: boolean;
  /** The last run that has a verdict, and the one that is going. */
  readonly last: RunRow | null;
  readonly going: RunRow | null;
  readonly progress: ProgressView | null;
  readonly agenda: AuditAgenda | null;
  /** The last run that judged something. */
  readonly trusted: { readonly runId: string; readonly at: Date } | null;
  /** The one that it is in. */
  readonly blackout: Spell | null;
  readonly next: Date | null;
  /** Since when it has had no run that can be trusted for too long. */
  readonly staleSince: Date | null;
}

export interface Book {
  /** Null before the first inventory. */
  readonly current: VersionedInventory | null;
  readonly audits: readonly AuditFacts[];
}

@Injectable()
export class AuditBook {
  private readonly hostCounts = new WeakMap<Audit, number>();
  private readonly estimates = new WeakMap<Audit, { readonly today: string; readonly it: Estimated }>();

  constructor(
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock();
  }

  async all(): Promise<Book> {
    const current = await this.inventory.current();
    if (!current) return { current, audits: [] };
    const [latest, agendas, trusted] = [
      await this.queries.latestRuns(),
      await this.queries.agendas(),
      await this.queries.trusted(),
    ];
    const audits: AuditFacts[] = [];
    for (const audit of current.inventory.audits) {
      const mine = latest.filter((run) => run.audit === audit.name);
      const known = { agenda: agendas.get(audit.name) ?? null, trusted: trusted.get(audit.name) ?? null };
      audits.push(await this.facts(current, audit, { mine, ...known }));
    }
    return { current, audits };
  }

  /** Throws Refusal where the inventory has none of this name. */
  async one(name: string): Promise<{ current: VersionedInventory; facts: AuditFacts }> {
    const { current, audits } = await this.all();
    const facts = audits.find(({ audit }) => audit.name === name);
    if (!current || !facts) throw new Refusal('not-found', `there is no audit '${name.slice(0, 200)}'`);
    return { current, facts };
  }

  /** What it would do if it ran now. A large inventory's plan takes a moment: it is kept for the day. */
  estimate({ inventory }: Pick<VersionedInventory, 'inventory'>, audit: Audit): Estimated {
    const today = dayOf(this.clock());
    const known = this.estimates.get(audit);
    if (known?.today === today) return known.it;
    const it = estimateAudit(inventory, audit, { vantage: audit.from[0] ?? LOCAL_VANTAGE, today });
    this.estimates.set(audit, { today, it });
    return it;
  }

  private async facts(
    current: VersionedInventory,
    audit: Audit,
    known: { mine: readonly RunRow[] } & Pick<AuditFacts, 'agenda' | 'trusted'>,
  ): Promise<AuditFacts> {
    const now = this.clock();
    const { mine, agenda, trusted } = known;
    const { windows } = current.inventory;
    const isOurs = audit.from.includes(LOCAL_VANTAGE);
    const runsByItself = isOurs && audit.schedule !== null;
    const blackout = blackoutOf(windows, audit, now);
    const isHeld = agenda?.pausedAt != null;
    const going = mine.find((run) => !isOver(run)) ?? null;
    return {
      audit,
      hosts: this.hostCount(current, audit),
      isOurs,
      isPausable: runsByItself && agenda !== null,
      last: mine.filter(({ verdict }) => verdict !== null).at(-1) ?? null,
      going,
      progress: going ? await this.progress.look(going) : null,
      ...{ agenda, trusted, blackout },
      next: runsByItself && !isHeld ? nextStart(audit, windows, now) : null,
      staleSince:
        runsByItself && !isHeld && !blackout
          ? staleSince(audit, trusted?.at ?? null, current.loadedAt, now)
          : null,
    };
  }

  private hostCount({ inventory }: VersionedInventory, audit: Audit): number {
    const known = this.hostCounts.get(audit);
    if (known !== undefined) return known;
    const count = inventory.hosts.filter((host) => selects(audit, host)).length;
    this.hostCounts.set(audit, count);
    return count;
  }
}

/*
 * What the overview shows, for its page and for the stream that keeps it up to date.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Audit } from '../domain/inventory.js';
import type { Schedule } from '../domain/schedule.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { instant } from '../platform/page-times.js';
import { agendaView } from './agenda-view.js';
import { type Follow, type ProgressView, RunProgress } from './run-progress.js';
import { isOver, runView } from './run-view.js';
import { type RunRow, ScansQueries } from './scans.queries.js';
import { LOCAL_VANTAGE } from './scheduler.js';

const RUNS_A_PAGE = 25;

export interface Cursor {
  readonly before: string | null;
  readonly audit: string | null;
}

/** Where in the list of runs a request asks for; what can't be read is as if it were not there. */
export function readCursor(query: Record<string, unknown>): Cursor {
  const { before, audit } = query;
  return {
    before: typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : null,
    audit: typeof audit === 'string' && audit !== '' ? audit.replaceAll('\0', '').slice(0, 200) : null,
  };
}

/** The followed runs of one stream or page: each keeps its own rate. */
export class Follows {
  private readonly byRun = new Map<string, Follow>();

  constructor(private readonly progress: RunProgress) {}

  async look(runs: readonly RunRow[]): Promise<Map<string, ProgressView>> {
    const going = runs.filter((run) => !isOver(run));
    for (const id of this.byRun.keys()) if (!going.some((run) => run.id === id)) this.byRun.delete(id);
    const views = new Map<string, ProgressView>();
    for (const run of going) {
      const follow = this.byRun.get(run.id) ?? this.progress.follow();
      this.byRun.set(run.id, follow);
      views.set(run.id, await follow.look(run));
    }
    return views;
  }
}

@Injectable()
export class Overview {
  constructor(
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(ScansQueries) private readonly queries: ScansQueries,
    @Inject(RunProgress) private readonly progress: RunProgress,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  follows(): Follows {
    return new Follows(this.progress);
  }

  version(): Promise<string> {
    return this.queries.overviewVersion();
  }

  async bars(follows: Follows): Promise<ProgressView[]> {
    return Array.from((await follows.look(await this.queries.latestRuns())).values());
  }

  async page(cursor: Cursor, follows = this.follows()) {
    const now = this.clock();
    // Asked for first, so that whatever changes meanwhile is noticed by the stream.
    const version = await this.version();
    const current = await this.inventory.current();
    const latest = await this.queries.latestRuns();
    const runs = await this.queries.runs({ ...cursor, limit: RUNS_A_PAGE + 1 });
    const shown = runs.slice(0, RUNS_A_PAGE);
    const bars = await follows.look([...latest, ...shown]);
    const agendas = await this.queries.agendas();
    const blind = await this.queries.blindness();
    const rows = shown.map((run) => ({ ...runView(run, now), progress: bars.get(run.id) ?? null }));
    const live = cursor.before === null && cursor.audit === null;
    return {
      cursor,
      live,
      going: bars.size,
      blind: blind && { ...blind, at: instant(blind.at, now) },
      stream: `/progress?since=${encodeURIComponent(version)}`,
      inventory: current ? inventoryView(current, now) : null,
      audits: live
        ? (current?.inventory.audits ?? []).map((audit) => ({
            ...auditView(audit, current!, latest, bars, now),
            ...agendaView(audit, current!, agendas.get(audit.name), now),
          }))
        : [],
      runs: rows,
      older: runs.length > RUNS_A_PAGE ? queryText({ audit: cursor.audit, before: shown.at(-1)!.id }) : null,
      newest: queryText({ audit: cursor.audit, before: null }),
    };
  }
}

function inventoryView({ path, sha256, loadedAt, inventory }: VersionedInventory, now: Date) {
  return {
    path,
    sha256,
    short: sha256.slice(0, 12),
    loaded: instant(loadedAt, now),
    hosts: inventory.hosts.length,
  };
}

function auditView(
  audit: Audit,
  { inventory }: VersionedInventory,
  latest: readonly RunRow[],
  bars: ReadonlyMap<string, ProgressView>,
  now: Date,
) {
  const mine = latest.filter((run) => run.audit === audit.name);
  const last = mine.filter(({ verdict }) => verdict !== null).at(-1);
  const going = mine.find((run) => !isOver(run));
  const ours = audit.from.includes(LOCAL_VANTAGE);
  return {
    name: audit.name,
    path: encodeURIComponent(audit.name),
    hosts: audit.hosts.all ? `all ${inventory.hosts.length} hosts` : selectorText(audit.hosts),
    ports: audit.portsText,
    schedule: audit.schedule ? scheduleText(audit.schedule) : null,
    elsewhere: ours ? null : audit.from.join(', '),
    last: last ? runView(last, now) : null,
    going: going ? (bars.get(going.id) ?? null) : null,
  };
}

function selectorText({ names, tags, addresses }: Extract<Audit['hosts'], { all: false }>): string {
  const parts = [...names, ...tags.map((tag) => `tag ${tag}`), ...addresses.toStrings()];
  return parts.length > 4 ? `${parts.slice(0, 3).join(', ')} and ${parts.length - 3} more` : parts.join(', ');
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function scheduleText(schedule: Schedule): string {
  if (schedule.kind === 'cron') return `${schedule.cron} (${schedule.timezone})`;
  const unit = UNITS.find(([, ms]) => schedule.everyMs % ms === 0);
  if (!unit) return `every ${schedule.everyMs / 1000} seconds`;
  const count = schedule.everyMs / unit[1];
  return count === 1 ? `every ${unit[0]}` : `every ${count} ${unit[0]}s`;
}

function queryText(values: Record<string, string | null>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null);
  return given.length === 0 ? '/' : `/?${new URLSearchParams(given)}`;
}

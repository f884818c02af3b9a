/*
 * Who can be told and how each stands, the routes as a tree, who would hear of a finding that somebody thinks of or of the last
 * run, and a test of a receiver.
 */
import { Body, Controller, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import { DRIFT_KINDS, SEVERITIES } from '../domain/drift.js';
import type { Inventory } from '../domain/inventory.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { PageRoute, ShowingForm } from '../platform/page-route.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import type { WouldHear, WouldTell } from './dry-run.js';
import { readImagined } from './imagined.js';
import type { ReceiverState } from './receiver-book.js';
import { type RouteWords, routeWords } from './receiver-view.js';
import { ReceiversAround } from './receivers-around.js';
import { atText, branchesOf, mayBranch, type PlacedRoute, placedRoutes } from './route-places.js';
import { type Tested, testReceiver } from './test-receiver.js';

const Asked = z.object({
  ...{ ask: z.string().optional(), run: z.string().max(255).optional() },
  /** The version that a form on the way here has made. */
  applied: z.string().optional(),
});
const Test = z.object({ receiver: words(300) });

type Asking = Record<string, unknown>;

@Controller('receivers')
@Needs('alerts.read')
export class ReceiversPages {
  constructor(
    private readonly around: ReceiversAround,
    private readonly inventory: InventoryService,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async page(@Query() query: Asking): Promise<string> {
    const { ask, run, applied } = readBody(Asked, query);
    const inventory = (await this.inventory.current())?.inventory ?? null;
    const heard =
      ask !== undefined && inventory
        ? await this.around.dryRun.of(readImagined(unfilled(query), inventory))
        : null;
    return this.draw(inventory, {
      query,
      heard,
      isApplied: applied !== undefined,
      lastRun: run === undefined ? null : await this.lastRun(run),
    });
  }

  @ShowingForm('test')
  @Needs('alerts.operate')
  async test(@Body() body: unknown): Promise<string> {
    const { receiver } = readBody(Test, body);
    const tested = await testReceiver(this.around.courier, receiver, this.clock());
    const inventory = (await this.inventory.current())?.inventory ?? null;
    return this.draw(inventory, { query: {}, tested: { receiver, ...tested } });
  }

  /** What is not there is an answer here, and no failure of the page. */
  private async lastRun(audit: string): Promise<WouldTell | { why: string }> {
    try {
      return await this.around.dryRun.ofLastRun(audit === '' ? null : audit);
    } catch (error) {
      if (error instanceof Refusal) return { why: error.message };
      throw error;
    }
  }

  private async draw(inventory: Inventory | null, shown: Shown): Promise<string> {
    const now = this.clock();
    const { query, heard = null, lastRun = null, tested = null, isApplied = false } = shown;
    const because = [...(heard?.told ?? []), ...(heard?.escalated ?? [])].map((one) => one.because);
    const view = {
      ...{ hasInventory: inventory !== null, isApplied },
      receivers: (await this.around.book.receivers()).map((one) => receiverRow(one, inventory!, now)),
      routes: placedRoutes(inventory?.routes ?? []).map((one) => routeRow(one, because)),
      asked: inventory && askedView(inventory, query),
      heard,
      lastRun: lastRun && 'findings' in lastRun ? lastRun : null,
      noRun: lastRun && 'why' in lastRun ? lastRun.why : null,
      tested: tested && { ...tested, result: tested.ok ? tested.detail : tested.why },
    };
    const frame = { title: 'Receivers and routes', section: 'alerts', path: '/receivers' } as const;
    return this.views.page('pages/alerts/receivers', frame, view);
  }
}

interface Shown {
  readonly query: Asking;
  readonly isApplied?: boolean;
  readonly heard?: WouldHear | null;
  readonly lastRun?: WouldTell | { why: string } | null;
  readonly tested?: ({ receiver: string } & Tested) | null;
}

/** A form sends what nobody has filled in as ''. */
const unfilled = (query: Asking): Asking =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));

const receiverRow = (
  { failing, reachedAt, ...receiver }: ReceiverState,
  inventory: Inventory,
  now: Date,
) => ({
  ...receiver,
  isDeclared: inventory.receivers.some(({ name }) => name === receiver.name),
  change: `/receivers/change?${new URLSearchParams({ name: receiver.name })}`,
  reachedAt: instantOrNull(reachedAt, now),
  failing: failing && {
    ...failing,
    since: instantOrNull(failing.since, now),
    nextAt: instant(failing.nextAt, now),
    isDue: failing.nextAt <= now,
  },
  messages: `/alerts?receiver=${encodeURIComponent(receiver.name)}`,
});

interface RouteRow extends RouteWords, Pick<PlacedRoute, 'isFirst' | 'isLast'> {
  /** Has it taken what was asked about? */
  readonly isTaken: boolean;
  /** Which route it is, to a form, and to a link to one. */
  readonly at: string;
  readonly query: string;
  readonly mayBranch: boolean;
  readonly branches: number;
  readonly routes: readonly RouteRow[];
}

function routeRow(placed: PlacedRoute, because: readonly string[]): RouteRow {
  const { route, isFirst, isLast, routes } = placed;
  const at = atText(placed);
  const words = routeWords(route);
  return {
    ...words,
    ...{ at, isFirst, isLast, mayBranch: mayBranch(placed), branches: branchesOf(placed) },
    query: `&${new URLSearchParams({ at })}`,
    isTaken: because.some((one) => one.includes(`the route at ${words.place} matches it`)),
    routes: routes.map((one) => routeRow(one, because)),
  };
}

function askedView({ owners, audits, vantages }: Inventory, query: Asking) {
  const choices = (name: string, values: readonly string[], usual = '') => {
    const chosen = typeof query[name] === 'string' ? query[name] : usual;
    return values.map((value) => ({ value, chosen: value === chosen }));
  };
  return {
    host: typeof query.host === 'string' ? query.host : '',
    owners: choices('owner', [...owners.keys()]),
    severities: choices('severity', SEVERITIES, 'high'),
    kinds: choices('kind', DRIFT_KINDS, 'unexpected-open'),
    audits: choices(
      'audit',
      audits.map(({ name }) => name),
    ),
    vantages: choices(
      'vantage',
      vantages.map(({ name }) => name),
    ),
    runs: choices(
      'run',
      audits.map(({ name }) => name),
    ),
  };
}

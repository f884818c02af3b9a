/*
 * How all services, and what all owners answer for, stand and did in the last thirty days, kept in memory: reading a large history takes
 * longer than a page may. It is made anew where a run has come in since, or it has grown old; where that takes long, whoever asks
 * is given what there is, and the page says of when that is.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { declaredIndex } from '../../domain/declared-index.js';
import type { Period } from '../../domain/history-availability.js';
import { InventoryService, type VersionedInventory } from '../../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { LOGGER } from '../../platform/log.js';
import { LOCAL_VANTAGE } from '../../scans/scheduler.js';
import { lastDays } from './service-figures.js';
import { type FailedPort, type StandingGroup, StandingsQueries } from './standings.queries.js';

const STANDING_DAYS = 30;
/** What is made of fewer ports is made at once: nobody has to be given what was so a while ago. */
const MANY_PORTS = 5000;
const OLD_MS = 10 * 60_000;
/** Nobody is given anything older. */
const OLDEST_MS = 60 * 60_000;
/** Between two makings there is at least so many times what one takes. */
const REST = 20;

export interface Standings {
  readonly at: Date;
  readonly period: Period;
  /** Declared ports that fail now. */
  readonly failing: readonly FailedPort[];
  readonly groups: ReadonlyArray<
    StandingGroup & { readonly failing: number; readonly worst: FailedPort | null }
  >;
}

interface Kept extends Standings {
  readonly key: string;
  readonly tookMs: number;
}

@Injectable()
export class StandingsKeeper {
  private kept: Kept | null = null;
  private making: Promise<Kept> | null = null;

  constructor(
    private readonly queries: StandingsQueries,
    private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async current(): Promise<Standings> {
    const version = await this.inventory.current();
    const key = `${version?.id ?? ''} ${await this.queries.latestRun()}`;
    const { kept } = this;
    const ageMs = kept ? Math.abs(this.clock().getTime() - kept.at.getTime()) : Number.POSITIVE_INFINITY;
    if (kept && kept.key === key && ageMs < OLD_MS) return kept;
    if (!kept || portsOf(kept) < MANY_PORTS || ageMs > OLDEST_MS) return this.make(key, version);
    if (ageMs > REST * kept.tookMs)
      this.make(key, version).catch((error) => this.log.warn({ error }, 'the standings can’t be made anew'));
    return kept;
  }

  private make(key: string, version: VersionedInventory | null): Promise<Kept> {
    this.making ??= this.tally(key, version)
      .then((made) => {
        this.kept = made;
        return made;
      })
      .finally(() => {
        this.making = null;
      });
    return this.making;
  }

  private async tally(key: string, version: VersionedInventory | null): Promise<Kept> {
    const at = this.clock();
    const begun = performance.now();
    const period = lastDays(STANDING_DAYS, at);
    const { groups, failing, worst } = await this.queries.tally(period);
    const of = ({ service, owner }: Pick<FailedPort, 'service' | 'owner'>): string =>
      JSON.stringify([service, owner]);
    const isDeclared = declaredIn(version);
    // What is not declared any more fails for nobody.
    const counts = new Map<string, number>();
    const declared = failing.filter(isDeclared);
    for (const port of declared) counts.set(of(port), (counts.get(of(port)) ?? 0) + 1);
    const worstOf = new Map(worst.map((port) => [of(port), port]));
    return {
      ...{ key, at, period, tookMs: performance.now() - begun, failing: declared },
      groups: groups.map((group) => ({
        ...group,
        failing: counts.get(of(group)) ?? 0,
        worst: worstOf.get(of(group)) ?? null,
      })),
    };
  }
}

const portsOf = ({ groups }: Standings): number => groups.reduce((all, { ports }) => all + ports, 0);

function declaredIn(
  version: VersionedInventory | null,
): (port: Pick<FailedPort, 'host' | 'port'>) => boolean {
  if (!version) return () => false;
  const { expectations } = declaredIndex(version.inventory, LOCAL_VANTAGE);
  return ({ host, port }) => expectations.get(host)?.declared.some(({ ports }) => ports.has(port)) ?? false;
}

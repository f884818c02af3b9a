/*
 * The register of exceptions: what the inventory accepts and what was accepted by hand, for the page and for programs alike. To an
 * owner's account it is about their own hosts and findings alone.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../domain/access.js';
import { dayOf } from '../domain/day.js';
import {
  type DeclaredException,
  registerOf,
  type Standing,
  soonBy,
  standingOf,
} from '../domain/exception-register.js';
import type { Inventory } from '../domain/inventory.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import {
  type AcceptedFinding,
  type AcceptedPlace,
  type EndedAcceptance,
  ExceptionsQueries,
} from './exceptions.queries.js';

const ENDED_MOST = 50;

export interface Register {
  readonly declared: readonly DeclaredException[];
  /** The version of the inventory that declares them; null where there is none. */
  readonly version: string | null;
  readonly accepted: ReadonlyArray<AcceptedFinding & { readonly standing: Standing }>;
  /** How many were accepted by hand, and how many of those end soon. */
  readonly counts: { readonly accepted: number; readonly soon: number };
  /** Where the list of those goes on; null at its end. */
  readonly next: AcceptedPlace | null;
  /** Of the last 90 days. */
  readonly ended: readonly EndedAcceptance[];
}

@Injectable()
export class ExceptionRegister {
  constructor(
    private readonly inventory: InventoryService,
    private readonly queries: ExceptionsQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(
    { owners: seen }: Pick<Actor, 'owners'>,
    { after, soon, limit }: { after: AcceptedPlace | null; soon: boolean; limit: number },
  ): Promise<Register> {
    const now = this.clock();
    const today = dayOf(now);
    const last = soonBy(today);
    const found = await this.queries.accepted(seen, { after, until: soon ? last : null, limit: limit + 1 });
    const shown = found.slice(0, limit);
    const end = found.length > limit ? shown.at(-1)! : null;
    const current = await this.inventory.current();
    return {
      declared: current ? await this.declared(current.inventory, seen, today) : [],
      version: current?.id ?? null,
      accepted: shown.map((one) => ({ ...one, standing: standingOf(one.until, today, null) })),
      counts: await this.queries.counts(seen, last),
      next: end && { until: end.until, id: end.id },
      ended: await this.queries.ended(seen, now, ENDED_MOST),
    };
  }

  private async declared(
    inventory: Inventory,
    seen: readonly string[] | null,
    today: string,
  ): Promise<DeclaredException[]> {
    const theirs = new Set(
      inventory.hosts.filter(({ owner }) => owner !== null && seen?.includes(owner)).map(({ name }) => name),
    );
    const exceptions = inventory.exceptions
      .map((one, at) => ({ ...one, at }))
      .filter(({ host }) => seen === null || theirs.has(host));
    return exceptions.length === 0 ? [] : registerOf(exceptions, await this.queries.covered(), today);
  }
}

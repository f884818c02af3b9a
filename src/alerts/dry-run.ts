/*
 * Who would be told of what, and why, without telling anybody: of the findings that an audit's last run has moved, or of one that
 * somebody thinks of, by the inventory of today.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { escalatedTo, type Routed, type Router, router, vantageOf } from '../domain/routing.js';
import { hushing } from '../domain/silence.js';
import { FindingStepsService } from '../findings/finding-steps.service.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { SilencesService } from './silences.service.js';

/** More are counted, and not listed. */
const LISTED_MOST = 1000;

export interface WouldTell {
  readonly run: string;
  readonly audit: string;
  readonly findings: ReadonlyArray<{
    readonly id: string;
    readonly kind: string;
    readonly severity: string;
    readonly host: string;
    readonly address: string | null;
    readonly port: number | null;
    readonly to: string;
    readonly receivers: ReadonlyArray<{
      readonly name: string;
      readonly type: string;
      readonly because: string;
      /** What would keep them from being told now; null where nothing does. */
      readonly held: string | null;
    }>;
  }>;
  /** How many more there are. */
  readonly more: number;
}

/** A finding that somebody thinks of. */
export type Imagined = Routed;

export interface WouldHear {
  /** At once, or when its digest is due. */
  readonly told: ReadonlyArray<WouldTell['findings'][number]['receivers'][number]>;
  /** Besides, once it is past its due date and nobody has acknowledged it. */
  readonly escalated: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly because: string;
  }>;
}

@Injectable()
export class DryRun {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    private readonly steps: FindingStepsService,
    private readonly silences: SilencesService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(imagined: Imagined): Promise<WouldHear> {
    const { inventory } = await this.declared();
    const quiet = hushing(inventory, await this.silences.current());
    const now = this.clock();
    const ways = router(inventory)(imagined);
    const told = ways.map(({ receiver: { name, type }, because }) => {
      const hush = quiet(imagined, name, now);
      return { name, type, because, held: hush && `until ${hush.until.toISOString()} by ${hush.by}` };
    });
    const heard = new Set(told.map(({ name }) => name));
    const escalated = ways
      .flatMap((way) => escalatedTo(way, imagined.owner, inventory))
      .filter(({ receiver: { name } }) => !heard.has(name) && heard.add(name))
      .map(({ receiver: { name, type }, because }) => ({ name, type, because }));
    return { told, escalated };
  }

  private async declared(): Promise<VersionedInventory> {
    const current = await this.inventory.current();
    if (!current) throw new Refusal('not-found', 'there is no inventory, and so nobody to tell');
    return current;
  }

  /** @param audit null for whichever ran last */
  async ofLastRun(audit: string | null): Promise<WouldTell> {
    const current = await this.declared();
    const rows = this.database.manager;
    const run = await this.steps.lastRun(rows, audit);
    if (!run) {
      const what = audit === null ? 'no run' : `no run of the audit '${audit}'`;
      throw new Refusal('not-found', `${what} has moved a finding yet`);
    }
    const steps = (await this.steps.ofRun(rows, run.id)).filter(
      ({ to }) => to === 'open' || to === 'resolved',
    );
    const { inventory } = current;
    const routed: Router = router(inventory);
    const quiet = hushing(inventory, await this.silences.current());
    const now = this.clock();
    const findings = steps.slice(0, LISTED_MOST).map(({ finding, to }) => {
      const facts = { ...finding, vantage: vantageOf(finding, inventory), audit: run.audit };
      const receivers = routed(facts).map(({ receiver: { name, type }, because }) => {
        const hush = quiet(facts, name, now);
        const held = hush && `until ${hush.until.toISOString()} by ${hush.by}`;
        return { name, type, because, held };
      });
      const { id, kind, severity, host, address, port } = finding;
      return { ...{ id, kind, severity, host, address, port, to }, receivers };
    });
    return { run: run.id, audit: run.audit, findings, more: Math.max(0, steps.length - LISTED_MOST) };
  }
}

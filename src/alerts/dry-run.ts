/*
 * Who would be told of what, and why, without telling anybody: of the findings that an audit's last run has moved, by the
 * inventory of today.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Router, router, vantageOf } from '../domain/routing.js';
import { FindingStepsService } from '../findings/finding-steps.service.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { Refusal } from '../platform/refusal.js';

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
    }>;
  }>;
  /** How many more there are. */
  readonly more: number;
}

@Injectable()
export class DryRun {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    private readonly steps: FindingStepsService,
  ) {}

  /** @param audit null for whichever ran last */
  async ofLastRun(audit: string | null): Promise<WouldTell> {
    const current = await this.inventory.current();
    if (!current) throw new Refusal('not-found', 'there is no inventory, and so nobody to tell');
    const rows = this.database.manager;
    const run = await this.steps.lastRun(rows, audit);
    if (!run) {
      const what = audit === null ? 'no run' : `no run of the audit '${audit}'`;
      throw new Refusal('not-found', `${what} has moved a finding yet`);
    }
    const steps = (await this.steps.ofRun(rows, run.id)).filter(
      ({ to }) => to === 'open' || to === 'resolved',
    );
    const routed: Router = router(current.inventory);
    const findings = steps.slice(0, LISTED_MOST).map(({ finding, to }) => {
      const vantage = vantageOf(finding, current.inventory);
      const receivers = routed({ ...finding, vantage, audit: run.audit }).map(({ receiver, because }) => ({
        name: receiver.name,
        type: receiver.type,
        because,
      }));
      const { id, kind, severity, host, address, port } = finding;
      return { ...{ id, kind, severity, host, address, port, to }, receivers };
    });
    return { run: run.id, audit: run.audit, findings, more: Math.max(0, steps.length - LISTED_MOST) };
  }
}

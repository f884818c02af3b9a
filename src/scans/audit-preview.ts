/*
 * What an audit would be if a form were saved: what is wrong with it, when it would run, how much it would probe and for how long,
 * and what changes in the inventory. Nothing is kept.
 */
import { Inject, Injectable } from '@nestjs/common';
import { type Estimated, estimateAudit } from '../domain/audit-estimate.js';
import { dayOf } from '../domain/day.js';
import type { Audit, Inventory } from '../domain/inventory.js';
import { InventoryService } from '../inventory/inventory.service.js';
import { InventoryEditor, type Proposal } from '../inventory/inventory-editor.js';
import { proposalView } from '../inventory/inventory-view.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { comingView, scheduleText } from './agenda-view.js';
import { type AuditFields, auditEdit } from './audit-form.js';
import { estimateView } from './audit-view.js';
import { LOCAL_VANTAGE } from './scheduler.js';

export interface Previewed {
  /** Why it can't be put into the file at all; null where it can. */
  readonly problem: string | null;
  readonly proposal: Proposal | null;
  readonly audit: Audit | null;
  readonly inventory: Inventory | null;
  readonly estimate: Estimated | null;
}

const NOTHING = { problem: null, proposal: null, audit: null, inventory: null, estimate: null };

@Injectable()
export class AuditPreview {
  constructor(
    @Inject(InventoryEditor) private readonly editor: InventoryEditor,
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param known the audit that is changed; null for a new one */
  async of(known: string | null, fields: AuditFields): Promise<Previewed> {
    const problem = await this.refusalOf(known, fields);
    if (problem !== null) return { ...NOTHING, problem };
    const proposal = await this.proposed(fields);
    if (typeof proposal === 'string') return { ...NOTHING, problem: proposal };
    const read = proposal.problems.length === 0 ? await this.editor.read(proposal) : null;
    const inventory = read?.ok ? read.inventory : null;
    const audit = inventory?.audits.find(({ name }) => name === fields.name) ?? null;
    const where = { vantage: audit?.from[0] ?? LOCAL_VANTAGE, today: dayOf(this.clock()) };
    const estimate = inventory && audit ? estimateAudit(inventory, audit, where) : null;
    return { problem: null, proposal, audit, inventory, estimate };
  }

  view({ problem, proposal, audit, inventory, estimate }: Previewed) {
    const now = this.clock();
    return {
      problem,
      proposal: proposal && proposalView(proposal),
      estimate: estimate && estimateView(estimate),
      schedule: audit?.schedule ? scheduleText(audit.schedule) : null,
      coming: audit?.schedule && inventory ? comingView(audit, inventory.windows, now) : null,
    };
  }

  private async refusalOf(known: string | null, { name }: AuditFields): Promise<string | null> {
    if (name === '') return 'the audit has no name; expected one without spaces, such as nightly';
    const audits = (await this.inventory.current())?.inventory.audits ?? [];
    const isThere = audits.some((audit) => audit.name === name);
    if (known === null) return isThere ? `there is an audit '${name}' already; change that one` : null;
    if (known !== name) return `an audit keeps its name: '${known}'`;
    return isThere ? null : `there is no audit '${name}' any more`;
  }

  private async proposed(fields: AuditFields): Promise<Proposal | string> {
    try {
      return await this.editor.withEdits([auditEdit(fields)]);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'bad-input') return error.message;
      throw error;
    }
  }
}

/*
 * What a change of receivers or routes would do, before it is applied: what changes in the inventory, who would hear otherwise than today
 * of what is open, and what is still missing. Nothing is kept.
 */
import { Injectable } from '@nestjs/common';
import type { Inventory } from '../domain/inventory.js';
import { InventoryEditor, type Proposal } from '../inventory/inventory-editor.js';
import { Refusal } from '../platform/refusal.js';
import { type AlertChange, alertEdits, meant } from './alert-changes.js';
import { AlertTexts, type Declared } from './alert-texts.js';
import { type HeardOtherwise, heardOtherwise } from './hearing.js';
import { HearingQueries } from './hearing.queries.js';
import { secretOf, usesOf } from './receiver-view.js';
import { branchesOf } from './route-places.js';
import { SecretsService } from './secrets.service.js';

export interface Hearing {
  readonly looked: number;
  readonly otherwise: readonly HeardOtherwise[];
}

export interface Proposed {
  /** Why it can't even be planned; null where it can. */
  readonly problem: Refusal | null;
  readonly proposal: Proposal | null;
  /** Null where there was no inventory before, or will be none that is sound. */
  readonly hearing: Hearing | null;
  /** What is to be known of it besides. */
  readonly notes: readonly string[];
}

const NOTHING = { problem: null, proposal: null, hearing: null, notes: [] };

@Injectable()
export class AlertProposals {
  constructor(
    private readonly texts: AlertTexts,
    private readonly editor: InventoryEditor,
    private readonly hearing: HearingQueries,
    private readonly secrets: SecretsService,
  ) {}

  async of(asked: AlertChange): Promise<Proposed> {
    const declared = await this.texts.current();
    let proposal: Proposal;
    try {
      proposal = await this.editor.withEdits(alertEdits(asked, declared));
    } catch (error) {
      if (error instanceof Refusal) return { ...NOTHING, problem: error };
      throw error;
    }
    // What was meant was looked up in the version of a moment ago.
    if (proposal.base !== declared.base)
      return { ...NOTHING, problem: new Refusal('stale', 'another version came just now; look at it again') };
    const read = proposal.problems.length === 0 ? await this.editor.read(proposal) : null;
    if (!read?.ok) return { ...NOTHING, proposal };
    const notes = [...branchNotes(asked, declared), ...(await this.receiverNotes(asked, read.inventory))];
    return { problem: null, proposal, notes, hearing: await this.heard(declared.inventory, read.inventory) };
  }

  private async heard(before: Inventory | null, after: Inventory): Promise<Hearing | null> {
    if (before === null) return null;
    const findings = await this.hearing.some();
    return { looked: findings.length, otherwise: heardOtherwise(before, after, findings) };
  }

  private async receiverNotes({ change, fields }: AlertChange, after: Inventory): Promise<string[]> {
    const receiver =
      change === 'receiver' ? after.receivers.find(({ name }) => name === fields.name) : undefined;
    if (!receiver) return [];
    const name = secretOf(receiver);
    const secret = name === null ? null : await this.secrets.get(name);
    const known = change === 'receiver' ? fields.known : '';
    return [
      ...(known === '' || known === receiver.name ? [] : [renamedNote(known)]),
      ...(secret === null || secret.ok ? [] : [secret.why]),
      ...(usesOf(receiver.name, after).length > 0
        ? []
        : [`nothing tells ${receiver.name} anything yet: name it in a route, or as an owner’s own`]),
    ];
  }
}

/** Messages are kept by the receiver's name. */
const renamedNote = (known: string): string =>
  `what still waits for ${known}, and the end of what ${known} has been told of, goes to whoever runs the service`;

function branchNotes({ change, fields }: AlertChange, declared: Declared): string[] {
  const branches = change === 'remove-route' ? branchesOf(meant(fields, declared)) : 0;
  if (branches === 0) return [];
  return [branches === 1 ? 'its branch goes with it' : `its ${branches} branches go with it`];
}

/*
 * Where an attestation comes from: the inventory that is in force, and the findings that stand, when it is made.
 */
import type { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import { buildAttestation } from '../../domain/report/attestation/build-attestation.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { Refusal } from '../../platform/refusal.js';
import type { Rows } from '../gathering/reading.js';
import { AttestationQueries } from './attestation.queries.js';
import { InventoryPastReader } from './inventory-past.js';
import { headOf, refuseUnknown } from './report-asked.js';
import type { ReportSource } from './report-kind.js';

export class AttestationSource implements ReportSource<AttestationSnapshot> {
  private readonly inventory: InventoryPastReader;
  private readonly queries: AttestationQueries;

  constructor(rows: Rows) {
    this.inventory = new InventoryPastReader(rows);
    this.queries = new AttestationQueries(rows);
  }

  async draw(parameters: ReportParameters, at: Date): Promise<AttestationSnapshot> {
    if (parameters.audits.length > 0)
      throw new Refusal('bad-input', 'an attestation is of owners, and not of audits; expected none');
    const known = await this.inventory.current();
    const inventory = known?.inventory ?? null;
    refuseUnknown(inventory, parameters);
    const standing = await this.queries.standing(parameters.owner);
    const signed = await this.queries.signed(at);
    return buildAttestation({ ...headOf(known, parameters, at), runs: [] }, inventory, standing, signed);
  }
}

/*
 * Where an attestation comes from: the inventory that is in force, and the findings that stand, when it is made.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { AttestationSnapshot } from '../../domain/report/attestation/attestation.js';
import { buildAttestation } from '../../domain/report/attestation/build-attestation.js';
import type { ReportParameters } from '../../domain/report/parameters.js';
import { InventoryService } from '../../inventory/inventory.service.js';
import { Refusal } from '../../platform/refusal.js';
import { AttestationQueries } from './attestation.queries.js';
import { headOf, refuseUnknown } from './report-asked.js';
import type { ReportSource } from './report-kind.js';

@Injectable()
export class AttestationSource implements ReportSource<AttestationSnapshot> {
  constructor(
    @Inject(InventoryService) private readonly inventory: InventoryService,
    @Inject(AttestationQueries) private readonly queries: AttestationQueries,
  ) {}

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

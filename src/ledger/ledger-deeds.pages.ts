/*
 * What people do on the page of the ledger besides taking things away: have all of it checked now, and change the key.
 */
import { Body, Controller } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { FormRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { KeyRotationService } from './key-rotation.service.js';
import { LedgerChecksService } from './ledger-checks.service.js';

const RotateForm = z.object({
  by: words(200),
  why: words(500),
  lost: z.enum(['yes'], 'expected yes, or nothing').optional(),
});

@Controller('ledger')
export class LedgerDeedsPages {
  constructor(
    private readonly checks: LedgerChecksService,
    private readonly rotation: KeyRotationService,
  ) {}

  @FormRoute('checks')
  @Needs('audit-log.read')
  async check(@By() actor: Actor): Promise<string> {
    const { id } = await this.checks.ask(actor.name);
    remark(`check ${id}`);
    return '/ledger';
  }

  @FormRoute('keys')
  @Needs('secrets.manage')
  async rotate(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const { by, why, lost } = readBody(RotateForm, signedBy(body, actor));
    const { keyId, nextKeyId } = await this.rotation.rotate({ by, why, isLost: lost === 'yes' });
    remark(`from ${keyId} to ${nextKeyId}`);
    return '/ledger';
  }
}

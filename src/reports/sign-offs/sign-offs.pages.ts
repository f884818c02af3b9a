/*
 * The page on which an attestation is signed: what each owner answers for in numbers, who has signed, and a form for who has not.
 */
import { Body, Controller, Inject, Param } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { CLOCK, type Clock } from '../../platform/clock.js';
import { FormRoute, PageRoute } from '../../platform/page-route.js';
import { instant } from '../../platform/page-times.js';
import { Needs } from '../../platform/permission.js';
import { readBody, words } from '../../platform/read-body.js';
import { By, signedBy } from '../../platform/visit.js';
import { WebViews } from '../../platform/web-views.js';
import { wordsIn } from '../drawing/words.js';
import { statementOf } from '../kinds/attestation-view.js';
import { SignOffsService } from './sign-offs.service.js';

const SigningForm = z.object({
  owner: words(200),
  comment: z
    .string()
    .default('')
    .transform((text) => text.replaceAll('\0', '').trim())
    .pipe(z.string().max(2000)),
  by: words(100),
});

@Controller('reports/:id/sign-off')
@Needs('reports.sign')
export class SignOffsPages {
  constructor(
    private readonly signOffs: SignOffsService,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async page(@By() actor: Actor, @Param('id') id: string): Promise<string> {
    const attestation = await this.signOffs.attestation(id, actor);
    const { sha256, madeAt, parameters } = attestation;
    const signed = new Map((await this.signOffs.of(id)).map((one) => [one.owner, one]));
    const now = this.clock();
    const told = wordsIn(parameters.language);
    const owners = attestation.owners.flatMap((one) => {
      if (one.owner === null) return [];
      const done = signed.get(one.owner);
      return [
        {
          ...{ id: one.owner, name: one.name ?? one.owner, counts: one.counts },
          statement: statementOf(one, attestation, told),
          signed: done ? { by: done.by, at: instant(done.at, now), comment: done.comment } : null,
        },
      ];
    });
    const signedCount = owners.filter((one) => one.signed !== null).length;
    const view = { ...{ id, sha256, owners, signedCount }, made: instant(new Date(madeAt), now) };
    const frame = {
      title: `Sign report ${id}`,
      section: 'reports',
      path: `/reports/${id}/sign-off`,
    } as const;
    return this.views.page('pages/reports/sign-off', frame, view);
  }

  @FormRoute()
  async sign(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    const { owner, comment, by } = readBody(SigningForm, signedBy(body, actor));
    const attestation = await this.signOffs.attestation(id, actor);
    await this.signOffs.sign(attestation, { owner, by, comment: comment === '' ? null : comment });
    return `/reports/${id}/sign-off`;
  }
}

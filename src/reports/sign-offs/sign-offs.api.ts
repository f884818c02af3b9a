/*
 * Sign-offs for programs: who has signed an attestation, and signing it for one owner.
 */
import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody, words } from '../../platform/read-body.js';
import { By, signedBy } from '../../platform/visit.js';
import type { ReportSignOff } from './sign-offs.entities.js';
import { SignOffsService } from './sign-offs.service.js';

const Signing = z.strictObject({
  owner: words(200).describe('who answers for it, by the name of the inventory'),
  comment: words(2000).nullable().default(null),
  by: words(100),
});

const SignOffAnswer = z.object({
  owner: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
  statement: z.string().describe('what was signed, in the report’s words'),
  comment: z.string().nullable(),
  snapshotSha256: z.string().describe('of the evidence that was signed'),
});
type SignOffAnswer = z.infer<typeof SignOffAnswer>;
const SignOffsAnswer = z.object({
  signOffs: z.array(SignOffAnswer),
  open: z.array(z.string()).describe('owners for whom nobody has signed'),
});

@Controller('api/v1/reports/:id/sign-offs')
@Needs('reports.sign')
export class SignOffsApi {
  constructor(private readonly signOffs: SignOffsService) {}

  @Get()
  @Needs('reports.read')
  @Describe({ summary: 'Lists who has signed an attestation', answer: SignOffsAnswer })
  async list(@By() actor: Actor, @Param('id') id: string): Promise<z.infer<typeof SignOffsAnswer>> {
    const { owners } = await this.signOffs.attestation(id, actor);
    const signed = await this.signOffs.of(id);
    const open = owners.flatMap(({ owner }) =>
      owner === null || signed.some((one) => one.owner === owner) ? [] : [owner],
    );
    return { signOffs: signed.map(answerOf), open };
  }

  @Post()
  @Describe({ summary: 'Signs an attestation for one owner', body: Signing, answer: SignOffAnswer })
  async sign(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<SignOffAnswer> {
    const given = readBody(Signing, signedBy(body, actor));
    return answerOf(await this.signOffs.sign(await this.signOffs.attestation(id, actor), given));
  }
}

const answerOf = ({ owner, by, at, statement, comment, snapshotSha256 }: ReportSignOff): SignOffAnswer => ({
  ...{ owner, by, at: at.toISOString(), statement, comment, snapshotSha256 },
});

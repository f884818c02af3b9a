/*
 * Secrets for programs: which there are, setting one, removing one, encrypting all anew. The command line asks here while the
 * service holds the database. The promise: no answer, and no refusal, has a value in it.
 */
import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { Describe } from '../platform/describe.js';
import { contentTag, refuseStale, refuseThere } from '../platform/entity-tags.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { type FoundSecret, type ListedSecret, type Rotated, SecretsService } from './secrets.service.js';

const Signed = z.object({ by: words(100) });
const Setting = Signed.extend({ value: z.string() });

const Listed = z.object({
  ...{ name: z.string(), changedAt: z.date(), changedBy: z.string() },
  isOverridden: z.boolean().meta({ description: 'Does a variable of the environment stand in front of it?' }),
  isReadable: z.boolean().meta({ description: 'False where no key that is there fits it.' }),
});
const RotatedAnswer = z.object({
  rotated: z.int(),
  unreadable: z.array(z.string()).meta({ description: 'Those that no key fits: they stay as they are.' }),
});

@Controller('api/v1/secrets')
@Needs('secrets.manage')
export class SecretsApi {
  constructor(private readonly secrets: SecretsService) {}

  @Get()
  @Describe({ summary: 'Which secrets there are', answer: z.object({ secrets: z.array(Listed) }) })
  async list(): Promise<{ secrets: ListedSecret[] }> {
    return { secrets: await this.secrets.list() };
  }

  @Get(':name')
  @Describe({ summary: 'Since when there is a secret, and by whom', answer: Listed, versioned: true })
  async one(
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListedSecret> {
    const found = await this.secrets.one(name);
    reply.header('etag', tagOf(found));
    return listed(found);
  }

  /** `{"value": "…", "by": "Ada"}` */
  @Put(':name')
  @Describe({
    summary: 'Keeps a secret',
    details: 'With `If-None-Match: *` only where there is none of this name.',
    body: Setting,
    answer: z.object({ set: z.string() }),
    versioned: true,
  })
  async set(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
    @Headers() { 'if-match': match, 'if-none-match': noneMatch }: Record<string, string | undefined>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ set: string }> {
    const { value, by } = readBody(Setting, signedBy(body, actor));
    await this.secrets.set(name, value, by, (found) => {
      refuseStale(match, found && tagOf(found), 'this secret', found && listed(found));
      refuseThere(noneMatch, found && tagOf(found), 'this secret', found && listed(found));
    });
    reply.header('etag', tagOf(await this.secrets.one(name)));
    return { set: name };
  }

  @Delete(':name')
  @Describe({
    summary: 'Forgets a secret',
    body: Signed,
    answer: z.object({ removed: z.string() }),
    versioned: true,
  })
  async remove(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
    @Headers('if-match') match?: string,
  ): Promise<{ removed: string }> {
    const { by } = readBody(Signed, signedBy(body, actor));
    await this.secrets.remove(name, by, (found) =>
      refuseStale(match, found && tagOf(found), 'this secret', found && listed(found)),
    );
    return { removed: name };
  }

  @Post('rotate')
  @HttpCode(200)
  @Describe({ summary: 'Encrypts all secrets anew', body: Signed, answer: RotatedAnswer })
  async rotate(@By() actor: Actor, @Body() body: unknown): Promise<Rotated> {
    const done = await this.secrets.rotate(readBody(Signed, signedBy(body, actor)).by);
    remark(`${done.rotated} anew, ${done.unreadable.length} unreadable`);
    return done;
  }
}

const listed = ({ cipher: _cipher, ...secret }: FoundSecret): ListedSecret => secret;

/** Of the cipher too: two values that follow each other at once are two, and nobody learns them by it. */
const tagOf = ({ cipher, ...secret }: FoundSecret): string =>
  contentTag({ ...secret, cipher: cipher.toString('base64') });

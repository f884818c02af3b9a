/*
 * Secrets for programs: which there are, setting one, removing one, encrypting all anew. The command line asks here while the
 * service holds the database. The promise: no answer, and no refusal, has a value in it.
 */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { Needs } from '../platform/permission.js';
import { readBody, words } from '../platform/read-body.js';
import { By, remark, signedBy } from '../platform/visit.js';
import { type ListedSecret, type Rotated, SecretsService } from './secrets.service.js';

const Signed = z.object({ by: words(100) });
const Setting = Signed.extend({ value: z.string() });

@Controller('api/v1/secrets')
@Needs('secrets.manage')
export class SecretsApi {
  constructor(private readonly secrets: SecretsService) {}

  @Get()
  async list(): Promise<{ secrets: ListedSecret[] }> {
    return { secrets: await this.secrets.list() };
  }

  /** `{"value": "…", "by": "Ada"}` */
  @Put(':name')
  async set(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<{ set: string }> {
    const { value, by } = readBody(Setting, signedBy(body, actor));
    await this.secrets.set(name, value, by);
    return { set: name };
  }

  @Delete(':name')
  async remove(
    @By() actor: Actor,
    @Param('name') name: string,
    @Body() body: unknown,
  ): Promise<{ removed: string }> {
    await this.secrets.remove(name, readBody(Signed, signedBy(body, actor)).by);
    return { removed: name };
  }

  @Post('rotate')
  @HttpCode(200)
  async rotate(@By() actor: Actor, @Body() body: unknown): Promise<Rotated> {
    const done = await this.secrets.rotate(readBody(Signed, signedBy(body, actor)).by);
    remark(`${done.rotated} anew, ${done.unreadable.length} unreadable`);
    return done;
  }
}

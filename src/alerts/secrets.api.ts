/*
 * Secrets for programs: which there are, setting one, removing one, encrypting all anew. The command line asks here while the
 * service holds the database. The promise: no answer, and no refusal, has a value in it.
 */
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { z } from 'zod';
import { Refusal } from '../platform/refusal.js';
import { type ListedSecret, type Rotated, SecretsService } from './secrets.service.js';

const By = z.object({ by: z.string().trim().min(1).max(100) });
const Setting = By.extend({ value: z.string() });

@Controller('api/v1/secrets')
export class SecretsApi {
  constructor(private readonly secrets: SecretsService) {}

  @Get()
  async list(): Promise<{ secrets: ListedSecret[] }> {
    return { secrets: await this.secrets.list() };
  }

  /** `{"value": "…", "by": "Ada"}` */
  @Put(':name')
  async set(@Param('name') name: string, @Body() body: unknown): Promise<{ set: string }> {
    const { value, by } = read(Setting, body);
    await this.secrets.set(name, value, by);
    return { set: name };
  }

  @Delete(':name')
  async remove(@Param('name') name: string, @Body() body: unknown): Promise<{ removed: string }> {
    await this.secrets.remove(name, read(By, body).by);
    return { removed: name };
  }

  @Post('rotate')
  @HttpCode(200)
  rotate(@Body() body: unknown): Promise<Rotated> {
    return this.secrets.rotate(read(By, body).by);
  }
}

/** Names what is wrong by its place alone. */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const places = result.error.issues.map(({ path }) => path.join('.') || 'it');
  throw new Refusal(
    'bad-input',
    `the request can’t be read: ${[...new Set(places)].join(', ')} is not as expected`,
  );
}

/*
 * The inventory for programs: what a file would change, applying it, and its versions. The command line asks here while the
 * service holds the database.
 */
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Refusal } from '../platform/refusal.js';
import { type Applied, type InventoryPlan, InventoryService, type VersionRow } from './inventory.service.js';

const words = (most: number) => z.string().trim().min(1).max(most);

const Text = z.object({
  path: words(4096),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sources: z.array(z.object({ file: words(4096), text: z.string() })).min(1),
});
const Terms = z.object({
  by: words(100),
  note: words(2000)
    .nullish()
    .transform((note) => note ?? null),
  base: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullish()
    .transform((base) => base ?? null),
});

const Apply = Text.extend(Terms.shape);

@Controller('api/v1/inventory')
export class InventoryApi {
  constructor(private readonly inventory: InventoryService) {}

  @Get('versions')
  versions(): Promise<VersionRow[]> {
    return this.inventory.versions();
  }

  @Post('plan')
  @HttpCode(200)
  plan(@Body() body: unknown): Promise<InventoryPlan> {
    return this.inventory.plan(read(Text, body));
  }

  @Post('apply')
  @HttpCode(200)
  apply(@Body() body: unknown): Promise<Applied> {
    const { by, note, base, ...text } = read(Apply, body);
    return this.inventory.apply(text, { by, note, base });
  }

  @Post('versions/:id/restore')
  @HttpCode(200)
  restore(@Param('id') id: string, @Body() body: unknown): Promise<Applied> {
    return this.inventory.restore(id, read(Terms, body));
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new Refusal('bad-input', `the request can’t be read: ${problems.join('; ')}`);
}

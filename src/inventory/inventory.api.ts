/*
 * The inventory for programs: what a file would change, applying it, and its versions. The command line asks here while the
 * service holds the database.
 */
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { readBody } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
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

const Change = z.object({
  ...{ change: z.enum(['added', 'removed', 'changed']), what: z.string() },
  ...{ before: z.string().nullable(), after: z.string().nullable() },
});
const PlanAnswer = z.object({
  base: z.string().nullable().meta({ description: 'The version that is in force; null before the first.' }),
  changes: z.array(Change),
});
const AppliedAnswer = PlanAnswer.extend({ version: z.string() });
const Version = z.object({
  ...{ id: z.string(), path: z.string(), sha256: z.string(), loadedAt: z.date() },
  appliedBy: z.string().nullable().meta({ description: 'Null where the service read it at its start.' }),
  note: z.string().nullable(),
});

@Controller('api/v1/inventory')
@Needs('inventory.write')
export class InventoryApi {
  constructor(private readonly inventory: InventoryService) {}

  @Get('versions')
  @Needs('inventory.read')
  @Describe({ summary: 'The versions of the inventory, the latest first', answer: z.array(Version) })
  versions(): Promise<VersionRow[]> {
    return this.inventory.versions();
  }

  @Post('plan')
  @HttpCode(200)
  @Describe({ summary: 'What an inventory would change', body: Text, answer: PlanAnswer })
  plan(@Body() body: unknown): Promise<InventoryPlan> {
    return this.inventory.plan(readBody(Text, body));
  }

  @Post('apply')
  @HttpCode(200)
  @Describe({ summary: 'Makes an inventory the one in force', body: Apply, answer: AppliedAnswer })
  apply(@By() actor: Actor, @Body() body: unknown): Promise<Applied> {
    const { by, note, base, ...text } = readBody(Apply, signedBy(body, actor));
    return this.inventory.apply(text, { by, note, base });
  }

  @Post('versions/:id/restore')
  @HttpCode(200)
  @Describe({ summary: 'Brings an old version back', body: Terms, answer: AppliedAnswer })
  restore(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<Applied> {
    return this.inventory.restore(id, readBody(Terms, signedBy(body, actor)));
  }
}

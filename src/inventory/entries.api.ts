/*
 * The inventory's entries for programs, as the files have them and with the place that an edit names: whoever changes what has no name
 * gives it back as `item` and `was`, and is refused where something else stands there by then.
 */
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ENTRY_SECTIONS } from '../domain/inventory-entries.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { EntryReader } from './entry-reader.js';

const EntriesAnswer = z.object({
  version: z.string(),
  entries: z.array(
    z.object({
      file: z.string(),
      item: z.array(z.union([z.string(), z.number()])),
      name: z.string().nullable(),
      entry: z.record(z.string(), z.unknown()),
    }),
  ),
});

@Controller('api/v1/inventory/entries')
@Needs('inventory.read')
export class EntriesApi {
  constructor(private readonly entries: EntryReader) {}

  @Get(':section')
  @Describe({
    summary: 'The entries of one section of the inventory, as its files have them',
    details: `Sections are ${ENTRY_SECTIONS.join(', ')}. What has a name is changed by an edit 'put' or 'remove'; what has none by 'insert', 'change', 'replace' and 'drop', with its 'file' and 'item', and with its 'entry' as 'was'.`,
    answer: EntriesAnswer,
    versioned: true,
  })
  async list(
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('section') given: string,
  ): Promise<z.infer<typeof EntriesAnswer>> {
    const section = ENTRY_SECTIONS.find((one) => one === given);
    if (!section)
      throw new Refusal(
        'not-found',
        `there is no section '${given.slice(0, 100)}' here; expected one of ${ENTRY_SECTIONS.join(', ')}`,
      );
    const current = await this.entries.current();
    if (!current) throw new Refusal('not-found', 'there is no inventory yet');
    reply.header('etag', `"${current.id}"`);
    const entries = current.of(section).map(({ file, item, name, entry }) => ({
      ...{ file, item: [...item], name, entry },
    }));
    return { version: current.id, entries };
  }
}

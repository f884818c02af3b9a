/*
 * Wires the inventory: what is declared, and by which version of the file; its pages, and changes to it.
 */
import { Module } from '@nestjs/common';
import { AdoptPages } from './adopt.pages.js';
import { Adoption } from './adoption.js';
import { EntriesApi } from './entries.api.js';
import { EntriesPages } from './entries.pages.js';
import { EntryReader } from './entry-reader.js';
import { InventoryApi } from './inventory.api.js';
import { InventoryPages } from './inventory.pages.js';
import { InventoryQueries } from './inventory.queries.js';
import { InventoryService } from './inventory.service.js';
import { InventoryEditPages } from './inventory-edit.pages.js';
import { InventoryEditor } from './inventory-editor.js';
import { InventoryReader } from './inventory-reader.js';
import { InventoryReadingApi } from './inventory-reading.api.js';
import { InventoryReading } from './inventory-reading.js';

@Module({
  controllers: [
    InventoryApi,
    InventoryReadingApi,
    EntriesApi,
    AdoptPages,
    InventoryEditPages,
    EntriesPages,
    InventoryPages,
  ],
  providers: [
    ...[InventoryReader, InventoryService, InventoryQueries, InventoryEditor],
    ...[InventoryReading, EntryReader, Adoption],
  ],
  exports: [InventoryService, InventoryEditor, EntryReader],
})
export class InventoryModule {}

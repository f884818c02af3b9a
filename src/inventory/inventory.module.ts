/*
 * Wires the inventory: what is declared, and by which version of the file.
 */
import { Module } from '@nestjs/common';
import { InventoryApi } from './inventory.api.js';
import { InventoryService } from './inventory.service.js';

@Module({ controllers: [InventoryApi], providers: [InventoryService], exports: [InventoryService] })
export class InventoryModule {}

/*
 * Wires the ledger: what it records, the key that signs its checkpoints, and whoever checks it. It changes nothing that it records.
 */
import { Module } from '@nestjs/common';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerApi } from './ledger.api.js';
import { LedgerPages } from './ledger.pages.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { LedgerExport } from './ledger-export.js';
import { LedgerKeeper } from './ledger-keeper.js';
import { LedgerKeyService } from './ledger-key.service.js';
import { LedgerReading } from './ledger-reading.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { Pace } from './pace.js';
import { RecordedRows } from './recorded-rows.queries.js';
import { RowChecker } from './row-checker.js';
import { SettledIds } from './settled-ids.js';

@Module({
  controllers: [LedgerApi, LedgerPages],
  providers: [
    ...[LedgerService, CheckpointsService, LedgerKeyService, LedgerKeeper, SettledIds, Pace],
    ...[LedgerQueries, RecordedRows, LedgerReading, LedgerExport, LedgerVerifier, RowChecker],
  ],
  exports: [LedgerService, LedgerKeeper],
})
export class LedgerModule {}

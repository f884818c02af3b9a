/*
 * Wires the ledger: what it records, the key that signs its checkpoints, and whoever checks it. It changes nothing that it records.
 */
import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { Calm } from './calm.js';
import { CheckpointsService } from './checkpoints.service.js';
import { KeyRotationService } from './key-rotation.service.js';
import { LedgerApi } from './ledger.api.js';
import { LedgerMetrics } from './ledger.metrics.js';
import { LedgerPages } from './ledger.pages.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { LedgerChecker } from './ledger-checker.js';
import { LedgerChecksApi } from './ledger-checks.api.js';
import { LedgerChecksQueries } from './ledger-checks.queries.js';
import { LedgerChecksService } from './ledger-checks.service.js';
import { LedgerConditions } from './ledger-conditions.js';
import { LedgerDeedsPages } from './ledger-deeds.pages.js';
import { LedgerExport } from './ledger-export.js';
import { LedgerKeeper } from './ledger-keeper.js';
import { LedgerKeyService } from './ledger-key.service.js';
import { LedgerKeysApi } from './ledger-keys.api.js';
import { LedgerReading } from './ledger-reading.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { RecordedRows } from './recorded-rows.queries.js';
import { RowChecker } from './row-checker.js';
import { SettledIds } from './settled-ids.js';
import { TableWriters } from './table-writers.queries.js';
import { UnrecordedRows } from './unrecorded-rows.js';

@Module({
  imports: [AlertsModule],
  controllers: [LedgerApi, LedgerKeysApi, LedgerChecksApi, LedgerPages, LedgerDeedsPages],
  providers: [
    ...[LedgerService, CheckpointsService, LedgerKeyService, LedgerKeeper, SettledIds, TableWriters, Calm],
    ...[LedgerQueries, RecordedRows, LedgerReading, LedgerExport, LedgerVerifier, RowChecker],
    ...[UnrecordedRows, KeyRotationService, LedgerMetrics],
    ...[LedgerChecksService, LedgerChecksQueries, LedgerChecker, LedgerConditions],
  ],
  exports: [LedgerService, LedgerKeeper, LedgerChecker],
})
export class LedgerModule {}

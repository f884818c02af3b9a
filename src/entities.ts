/*
 * Every table's entity, for whoever opens the database: the service, `migrate`, and the tests.
 */
import {
  AccessLinkRow,
  AccountRow,
  ApiTokenRow,
  FarewellRow,
  PasskeyRow,
  SessionRow,
  SpentChallengeRow,
  StrikeRow,
} from './access/access.entities.js';
import { AuditLogRow } from './access/audit-log.entities.js';
import { IdempotentWriteRow } from './access/idempotency.entities.js';
import {
  AlertCursor,
  ConditionRow,
  Delivery,
  DeliveryFinding,
  Lane,
  NoticeRow,
} from './alerts/alerts.entities.js';
import { SecretRow } from './alerts/secrets.entities.js';
import { SilenceRow } from './alerts/silences.entities.js';
import { ChartedHost, ChartMark } from './chart/chart.entities.js';
import {
  FindingCount,
  FindingDeed,
  FindingEventRow,
  FindingRow,
  FindingSearch,
} from './findings/findings.entities.js';
import { HistoryMark, PortHourRow, PortInterval } from './history/history.entities.js';
import { InventoryVersion } from './inventory/inventory.entities.js';
import {
  LedgerCheckpointRow,
  LedgerDue,
  LedgerEntryRow,
  LedgerKeyChangeRow,
  LedgerKeyRow,
} from './ledger/ledger.entities.js';
import { LedgerCheckRow } from './ledger/ledger-checks.entities.js';
import { ReportFetch, ReportOrder } from './reports/orders/orders.entities.js';
import {
  ReportDelivery,
  ReportMissed,
  ReportScheduleRow,
  ReportSlot,
} from './reports/orders/schedules.entities.js';
import { Report, ReportPage, SigningKeyRow } from './reports/reports.entities.js';
import { ReportSignOff } from './reports/sign-offs/sign-offs.entities.js';
import { AgendaRow, SkippedSlots } from './scans/agenda.entities.js';
import { GateLookRow, ObservedHost, Run, Scan, Shard } from './scans/scans.entities.js';
import { ShardLogEntry } from './scans/shard-log.entities.js';

export const ENTITIES = [
  AccountRow,
  SessionRow,
  ApiTokenRow,
  AccessLinkRow,
  StrikeRow,
  PasskeyRow,
  SpentChallengeRow,
  FarewellRow,
  AuditLogRow,
  IdempotentWriteRow,
  InventoryVersion,
  AgendaRow,
  SkippedSlots,
  Run,
  GateLookRow,
  Scan,
  Shard,
  ShardLogEntry,
  ObservedHost,
  FindingRow,
  FindingCount,
  FindingSearch,
  FindingDeed,
  FindingEventRow,
  PortInterval,
  PortHourRow,
  HistoryMark,
  ChartedHost,
  ChartMark,
  LedgerEntryRow,
  LedgerDue,
  LedgerCheckpointRow,
  LedgerKeyChangeRow,
  LedgerCheckRow,
  LedgerKeyRow,
  Report,
  ReportPage,
  ReportSignOff,
  SigningKeyRow,
  ReportOrder,
  ReportFetch,
  ...[ReportScheduleRow, ReportSlot, ReportMissed, ReportDelivery],
  AlertCursor,
  ConditionRow,
  NoticeRow,
  Delivery,
  DeliveryFinding,
  Lane,
  SecretRow,
  SilenceRow,
];

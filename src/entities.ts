/*
 * Every table's entity, for whoever opens the database: the service, `migrate`, and the tests.
 */
import { FindingEventRow, FindingRow } from './findings/findings.entities.js';
import { InventoryVersion } from './inventory/inventory.entities.js';
import { Report } from './reports/reports.entities.js';
import { ObservedHost, Run, Scan, Shard } from './scans/scans.entities.js';

export const ENTITIES = [
  InventoryVersion,
  Run,
  Scan,
  Shard,
  ObservedHost,
  FindingRow,
  FindingEventRow,
  Report,
];

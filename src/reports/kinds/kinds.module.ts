/*
 * Wires the kinds of reports that can be asked for: each is gathered in a thread of its own (gathering/gather-apart.ts), from what
 * kind-sources.ts names.
 */
import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { REPORT_KINDS } from '../../domain/report/parameters.js';
import { gatherApart } from '../gathering/gather-apart.js';
import { ReportKinds } from './report-kinds.js';

function plugged(database: DataSource): ReportKinds {
  const kinds = new ReportKinds();
  for (const kind of REPORT_KINDS)
    kinds.plugGather(kind, (asked, signal) => gatherApart(asked, database, signal ? { signal } : {}));
  return kinds;
}

@Module({
  providers: [{ provide: ReportKinds, useFactory: plugged, inject: [DataSource] }],
  exports: [ReportKinds],
})
export class KindsModule {}

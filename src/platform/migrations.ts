/*
 * The migrations, in the order in which they run. A list instead of a search through the folder, so that a file that
 * is lost fails the build and not a start.
 */
import { FirstVoyage1795340000000 } from '../../migrations/1795340000000-first-voyage.js';
import { ShardsGoOn1795370000000 } from '../../migrations/1795370000000-shards-go-on.js';
import { Agenda1795766400000 } from '../../migrations/1795766400000-agenda.js';
import { OneRate1795770000000 } from '../../migrations/1795770000000-one-rate.js';
import { Gates1795773600000 } from '../../migrations/1795773600000-gates.js';
import { Damping1795777200000 } from '../../migrations/1795777200000-damping.js';
import { Applied1795780800000 } from '../../migrations/1795780800000-applied.js';
import { Archived1795784400000 } from '../../migrations/1795784400000-archived.js';
import { History1795800000000 } from '../../migrations/1795800000000-history.js';
import { ShardLog1795801000000 } from '../../migrations/1795801000000-shard-log.js';
import { LargeStores1795803600000 } from '../../migrations/1795803600000-large-stores.js';
import { EvidenceOrder1795807200000 } from '../../migrations/1795807200000-evidence-order.js';
import { Alerts1795810000000 } from '../../migrations/1795810000000-alerts.js';
import { Secrets1795811000000 } from '../../migrations/1795811000000-secrets.js';
import { Silences1795812000000 } from '../../migrations/1795812000000-silences.js';
import { Access1795813000000 } from '../../migrations/1795813000000-access.js';
import { IdempotentWrites1795814000000 } from '../../migrations/1795814000000-idempotent-writes.js';
import { Passkeys1795815000000 } from '../../migrations/1795815000000-passkeys.js';
import { Chart1795816000000 } from '../../migrations/1795816000000-chart.js';
import { Deeds1795816100000 } from '../../migrations/1795816100000-deeds.js';
import { Acceptances1795816200000 } from '../../migrations/1795816200000-acceptances.js';
import { Messages1795816300000 } from '../../migrations/1795816300000-messages.js';
import { SilencesToCome1795816400000 } from '../../migrations/1795816400000-silences-to-come.js';
import { Overview1795817000000 } from '../../migrations/1795817000000-overview.js';
import { ReportSeal1795818000000 } from '../../migrations/1795818000000-report-seal.js';
import { Farewells1795818500000 } from '../../migrations/1795818500000-farewells.js';
import { FindingOrders1795819000000 } from '../../migrations/1795819000000-finding-orders.js';
import { ReportPages1795820000000 } from '../../migrations/1795820000000-report-pages.js';
import { FindingWords1795825000000 } from '../../migrations/1795825000000-finding-words.js';
import { Ledger1795830000000 } from '../../migrations/1795830000000-ledger.js';
import { ReportOrders1795840000000 } from '../../migrations/1795840000000-report-orders.js';
import { ReportSchedules1795845000000 } from '../../migrations/1795845000000-report-schedules.js';
import { ReportSignoffs1795850000000 } from '../../migrations/1795850000000-report-signoffs.js';
import { FindingEventsByTime1795850100000 } from '../../migrations/1795850100000-finding-events-by-time.js';
import { LedgerLetsGo1795855000000 } from '../../migrations/1795855000000-ledger-lets-go.js';
import { FindingSearch1795856000000 } from '../../migrations/1795856000000-finding-search.js';
import { DueById1795856100000 } from '../../migrations/1795856100000-due-by-id.js';
import { LedgerKeys1795870000000 } from '../../migrations/1795870000000-ledger-keys.js';
import { LedgerChecks1795871000000 } from '../../migrations/1795871000000-ledger-checks.js';

export const MIGRATIONS = [
  FirstVoyage1795340000000,
  ShardsGoOn1795370000000,
  Agenda1795766400000,
  OneRate1795770000000,
  Gates1795773600000,
  Damping1795777200000,
  Applied1795780800000,
  Archived1795784400000,
  History1795800000000,
  ShardLog1795801000000,
  LargeStores1795803600000,
  EvidenceOrder1795807200000,
  Alerts1795810000000,
  Secrets1795811000000,
  Silences1795812000000,
  Access1795813000000,
  IdempotentWrites1795814000000,
  Passkeys1795815000000,
  Chart1795816000000,
  Deeds1795816100000,
  Acceptances1795816200000,
  Messages1795816300000,
  SilencesToCome1795816400000,
  Overview1795817000000,
  ReportSeal1795818000000,
  Farewells1795818500000,
  FindingOrders1795819000000,
  ReportPages1795820000000,
  FindingWords1795825000000,
  Ledger1795830000000,
  ReportOrders1795840000000,
  ReportSchedules1795845000000,
  ReportSignoffs1795850000000,
  FindingEventsByTime1795850100000,
  LedgerLetsGo1795855000000,
  FindingSearch1795856000000,
  DueById1795856100000,
  LedgerKeys1795870000000,
  LedgerChecks1795871000000,
];

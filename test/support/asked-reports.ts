/*
 * A kind of report for tests of the queue: the evidence of the latest run of the audit that is asked for, as it was recorded, under the
 * title that it was asked for with. It refuses what there is not, as every source does, and adds up or does not as the run does.
 */
import { snapshotProblem } from '../../src/domain/report/exposure/build-exposure.js';
import type { ReportSnapshot } from '../../src/domain/report/exposure/exposure.js';
import type { ReportParameters } from '../../src/domain/report/parameters.js';
import { LOGGER } from '../../src/platform/log.js';
import { Refusal } from '../../src/platform/refusal.js';
import type { ReportSource } from '../../src/reports/kinds/report-kind.js';
import { ReportKinds } from '../../src/reports/kinds/report-kinds.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { ReportPress } from '../../src/reports/report-press.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { Sealer } from '../../src/reports/seal/sealer.js';
import { Stationery } from '../../src/reports/stationery.js';
import { NEVER, type Rooms } from './rooms.js';

const LATEST = `
select report.snapshot from report join run on run.id = report.run_id
where $1::text is null or run.audit = $1 order by run.id desc limit 1`;

export const latestRun = (rooms: Pick<Rooms, 'query'>): ReportSource<ReportSnapshot> => ({
  async draw({ audits, title }) {
    const [audit = null] = audits;
    const [found] = await rooms.query(LATEST, [audit]);
    if (!found) throw new Refusal('not-found', `there is no run of '${audit ?? 'any audit'}' to tell of`);
    const snapshot = JSON.parse(found.snapshot) as ReportSnapshot;
    return { ...snapshot, title: title ?? snapshot.title };
  },
});

/** `exposure` is as the run says; `exceptions` has a port too many, and does not add up. */
export function plugTestKinds(rooms: Pick<Rooms, 'app' | 'query'>): ReportKinds {
  const honest = latestRun(rooms);
  return rooms.app
    .get(ReportKinds)
    .plug('exposure', honest, { problem: snapshotProblem })
    .plug('drift', honest, { problem: snapshotProblem })
    .plug('exceptions', withPortTooMany(honest), { problem: snapshotProblem });
}

const withPortTooMany = (honest: ReportSource<ReportSnapshot>): ReportSource<ReportSnapshot> => ({
  async draw(parameters, at) {
    const snapshot = await honest.draw(parameters, at);
    return { ...snapshot, coverage: { ...snapshot.coverage, probed: snapshot.coverage.probed + 1 } };
  },
});

export const askedFor = (some: Partial<ReportParameters> = {}): ReportParameters => ({
  ...{ kind: 'exposure', title: null, audits: [], scope: null, owner: null, tags: [] },
  ...{ from: null, to: null, framework: null, language: 'en', paper: 'A4' },
  ...some,
});

/** A press that has printed at once, whatever it is given: these tests are not about browsers. */
const instantPrinter = {
  printPdf: async () => Buffer.from('%PDF-1.7 not a report\n'),
  close: async () => undefined,
} as never;

export const pressOf = ({ app }: Pick<Rooms, 'app'>): ReportPress =>
  new ReportPress(
    app.get(ReportsService),
    instantPrinter,
    app.get(Sealer),
    app.get(Stationery),
    app.get(LOGGER),
  );

/** All that was asked for is drawn and printed. */
export async function makeAllOf(rooms: Pick<Rooms, 'app'>): Promise<void> {
  const press = pressOf(rooms);
  while ((await rooms.app.get(OrderClerk).workOnce()) > 0);
  while ((await press.workOnce(NEVER)) > 0);
}

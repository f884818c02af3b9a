/* The press while the service stops, and where no browser is: the snapshot stays, and what was not printed is said. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LOGGER } from '../../src/platform/log.js';
import { PdfPrinter, type PrintOptions } from '../../src/reports/printer/pdf-printer.js';
import { ReportPress } from '../../src/reports/report-press.js';
import { ReportsQueries } from '../../src/reports/reports.queries.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { Sealer } from '../../src/reports/seal/sealer.js';
import { Stationery } from '../../src/reports/stationery.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';

const clock = standingClock('2026-07-01T12:00:00Z');
let on: TestDatabase;
let rooms: Rooms;
let runId: string;

beforeEach(async () => {
  on = await databases[1]!.open();
  rooms = await openRooms(on, clock);
  await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.62.9 }]
audits: [{ name: a, hosts: all, ports: "7" }]
`);
  runId = await rooms.scheduler.runNow('a');
  await sail(rooms, clock);
  await rooms.reporter.workOnce();
});
afterEach(async () => {
  await rooms.close();
  await on.drop();
});

const report = async () =>
  (await rooms.query('select printed_at, attempts, problem from report where run_id = $1', [runId]))[0];

it('a stop in the middle of a print ends it, and does not count as an attempt', async () => {
  const stop = new AbortController();
  const real = rooms.app.get(ReportsService);
  const reports = Object.create(real, {
    nextUnprinted: {
      value: async () => {
        const next = await real.nextUnprinted();
        // By then the press has begun: it needs no more than the promises that are due.
        setImmediate(() => stop.abort());
        return next;
      },
    },
  }) as ReportsService;
  const press = new ReportPress(
    reports,
    rooms.app.get(PdfPrinter),
    rooms.app.get(Sealer),
    rooms.app.get(LOGGER),
    rooms.app.get(Stationery),
  );
  expect(await press.workOnce(stop.signal)).toBe(0);
  expect(stop.signal.aborted).toBe(true);
  expect(await report()).toEqual({ printed_at: null, attempts: 0, problem: null });
});

it('without a browser the run keeps its snapshot and the reason; the third attempt is the last', async () => {
  const printer = new PdfPrinter({ executable: '/bin/false' });
  const press = new ReportPress(
    rooms.app.get(ReportsService),
    printer,
    rooms.app.get(Sealer),
    rooms.app.get(LOGGER),
    rooms.app.get(Stationery),
  );
  for (let attempt = 1; attempt <= 3; attempt++) expect(await press.workOnce(NEVER)).toBe(1);
  expect(await press.workOnce(NEVER)).toBe(0);
  expect(await report()).toMatchObject({ printed_at: null, attempts: 3 });
  expect((await report())!.problem).toContain('no browser could be started');
  expect((await rooms.run(runId)).state).toBe('finished');
  await expect(rooms.app.get(ReportsService).pdfOf(runId)).rejects.toMatchObject({ code: 'unavailable' });
  await printer.close();
});

it('a disk that has no place for a browser costs no attempt, is told of once, and printed when there is one', async () => {
  const told: string[] = [];
  const log = { error: (_: object, message: string) => told.push(message) } as never;
  let isFull = true;
  const printer = {
    async printPdf() {
      if (isFull)
        throw Object.assign(new Error('ENOSPC: no space left on device, mkdtemp'), { code: 'ENOSPC' });
      return Buffer.from('%PDF-');
    },
  } as never;
  let nowMs = 0;
  const monotonic = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const press = new ReportPress(
    rooms.app.get(ReportsService),
    printer,
    rooms.app.get(Sealer),
    log,
    rooms.app.get(Stationery),
  );
  try {
    for (let again = 0; again < 10; again++, nowMs += 20_000) {
      expect(await press.workOnce(NEVER)).toBe(1);
      expect(await press.workOnce(NEVER)).toBe(0);
    }
    expect(await report()).toMatchObject({ printed_at: null, attempts: 0 });
    expect((await report())!.problem).toMatch(/^the disk of .* is full, and a browser needs a place there/);
    expect(told).toEqual(['a report waits for space to be printed']);
    isFull = false;
    expect(await press.workOnce(NEVER)).toBe(1);
    expect(await report()).toMatchObject({ printed_at: clock(), attempts: 0, problem: null });
  } finally {
    monotonic.mockRestore();
  }
});

it('a database that can’t take the PDF costs no attempt', async () => {
  const real = rooms.app.get(ReportsService);
  const full = Object.assign(new Error('could not extend file'), { code: '53100' });
  const reports = Object.create(real, { printed: { value: () => Promise.reject(full) } }) as ReportsService;
  const printer = { printPdf: async () => Buffer.from('%PDF-') } as never;
  const press = new ReportPress(
    reports,
    printer,
    rooms.app.get(Sealer),
    rooms.app.get(LOGGER),
    rooms.app.get(Stationery),
  );
  await expect(press.workOnce(NEVER)).rejects.toBe(full);
  expect(await report()).toEqual({ printed_at: null, attempts: 0, problem: null });
});

it('while it is printed the list says which part of it', async () => {
  const queries = rooms.app.get(ReportsQueries);
  const seen: unknown[] = [];
  const printing = async () => seen.push((await queries.ofRun(runId))!.printing);
  const printer = {
    async printPdf(_: unknown, { told }: PrintOptions) {
      told!({ state: 'waiting', before: 2 });
      await printing();
      told!({ state: 'printing', part: 2, parts: 7, pages: 81 });
      await printing();
      return Buffer.from('%PDF-');
    },
  } as never;
  const press = new ReportPress(
    rooms.app.get(ReportsService),
    printer,
    rooms.app.get(Sealer),
    rooms.app.get(LOGGER),
    rooms.app.get(Stationery),
  );
  expect(await press.workOnce(NEVER)).toBe(1);
  await printing();
  expect(seen).toEqual([null, { part: 3, parts: 7 }, null]);
});

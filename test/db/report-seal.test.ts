/*
 * The key that reports are signed with, and what is kept and shown of each seal. Servers of one database sign with one key; what
 * can't be signed with leaves reports unsigned, and they say why.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDF } from '@libpdf/core';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Config } from '../../src/config.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { LedgerKeeper } from '../../src/ledger/ledger-keeper.js';
import { Concealed } from '../../src/platform/concealed.js';
import { Keyring } from '../../src/platform/keyring.js';
import { LOGGER } from '../../src/platform/log.js';
import { Metrics } from '../../src/platform/metrics.js';
import { ReportPress } from '../../src/reports/report-press.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { certificatesIn } from '../../src/reports/seal/certificate.js';
import { KeyWatch } from '../../src/reports/seal/key-watch.js';
import { checkpointInside } from '../../src/reports/seal/look-inside.js';
import { SealRecord } from '../../src/reports/seal/seal-record.js';
import { Sealer } from '../../src/reports/seal/sealer.js';
import { SigningKeysService } from '../../src/reports/seal/signing-keys.service.js';
import { verifyReport } from '../../src/reports/seal/verify-report.js';
import { Stationery } from '../../src/reports/stationery.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { NEVER, openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';
import { holder, p12Of } from '../support/signers.js';
import { listenStill } from '../support/still-pages.js';
import { openTimeStampHarbour, type TimeStampHarbour } from '../support/time-stamp-harbour.js';

const clock = standingClock(new Date().toISOString());
const newKey = (): Concealed => new Concealed(randomBytes(32).toString('base64'));
const lines: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
const NO_SIGNING: Config['signing'] = { file: null, password: null, passwordFile: null, stampUrl: null };
let on: TestDatabase;
let rooms: Rooms;
let url: string;
let folder: string;
let harbour: TimeStampHarbour;

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, clock, log);
  url = await listenStill(rooms);
  harbour = await openTimeStampHarbour();
  harbour.now = clock;
});
afterAll(async () => {
  await harbour.close();
  await rooms.close();
  await on.drop();
});
beforeEach(async () => {
  await rooms.empty();
  lines.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'portolan-signing-'));
  return () => rm(folder, { recursive: true });
});

/** A service as it is after its start; without `key` it is one with the embedded database, and its own folder. */
function service({ key, signing = {} }: { key?: Concealed; signing?: Partial<Config['signing']> } = {}) {
  const config = {
    dataDir: folder,
    databaseUrl: key ? on.url : null,
    keys: { key: key ?? null, file: null },
    signing: { ...NO_SIGNING, ...signing },
  } as Config;
  const keyring = new Keyring(config, log);
  return { config, keyring, keys: new SigningKeysService(rooms.source, keyring, config, clock, log) };
}

const shaOf = async ({ keys }: { keys: SigningKeysService }): Promise<string> => {
  const current = await keys.current();
  if (!current.ok) throw new Error(current.why);
  return current.key.facts.sha256;
};
const whyNot = async ({ keys }: { keys: SigningKeysService }): Promise<string> => {
  const current = await keys.current();
  return current.ok ? 'it signs' : current.why;
};

it('beside the embedded database it is a file for this user alone, the same after each start', async () => {
  const [first, second] = [service(), service()];
  const made = await Promise.all([shaOf(first), shaOf(second), shaOf(first)]);
  expect(new Set(made).size).toBe(1);
  const file = join(folder, 'signing.p12');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await shaOf(service())).toBe(made[0]);
  expect(lines.filter((line) => line.includes('a key for signing reports was made'))).toHaveLength(1);
  await writeFile(file, 'words');
  expect(await whyNot(service())).toBe(`${file} is no PKCS#12 file`);
  expect(await readFile(file, 'utf8')).toBe('words');
});

it('two servers that start at once on one database end with one, which only their key reads', async () => {
  const key = newKey();
  const [first, second] = [service({ key }), service({ key })];
  const [one, other] = await Promise.all([shaOf(first), shaOf(second)]);
  expect(other).toBe(one);
  const rows = await rooms.query('select * from signing_key');
  expect(rows).toHaveLength(1);
  expect(await whyNot(service({ key: newKey() }))).toContain('it was encrypted with another key');
  await rooms.query(`update signing_key set cipher = set_byte(cipher, 40, get_byte(cipher, 40) # 1)`);
  expect(await whyNot(service({ key }))).toContain('is not what was written');
});

it('is encrypted anew with all other secrets, and stays the same key', async () => {
  const [old, next] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const before = await shaOf(service({ key: new Concealed(old) }));
  const both = service({ key: new Concealed(next) });
  await writeFile(join(folder, 'secret.key'), `${old}\n`);
  expect(await rooms.source.transaction((all) => both.keyring.resealAll(all))).toEqual([]);
  await rm(join(folder, 'secret.key'));
  expect(await shaOf(service({ key: new Concealed(next) }))).toBe(before);
  const lost = service({ key: newKey() });
  expect(await rooms.source.transaction((all) => lost.keyring.resealAll(all))).toEqual([
    'the key that signs reports',
  ]);
});

it('a given one is used and never replaced by an own; what was mended needs no restart', async () => {
  const { keys, certificate } = await holder('Clerk');
  const file = join(folder, 'given.p12');
  const passwordFile = join(folder, 'word');
  const given = service({ signing: { file, passwordFile } });
  expect(await whyNot(given)).toBe(`PORTOLAN_SIGNING_P12 names ${file}, which can’t be read: ENOENT`);
  await writeFile(file, await p12Of({ key: keys.privateKey, certificates: [certificate] }, 'a word'));
  expect(await whyNot(given)).toContain(`PORTOLAN_SIGNING_PASSWORD_FILE names ${passwordFile}`);
  await writeFile(passwordFile, 'another word\n');
  expect(await whyNot(given)).toBe(`${file} can’t be opened: its password is another one`);
  await expect(given.keys.certificate()).rejects.toMatchObject({ code: 'unavailable' });
  await writeFile(passwordFile, 'a word\n');
  expect((await given.keys.certificate()).facts.subject).toBe('CN=Clerk');
  await expect(stat(join(folder, 'signing.p12'))).rejects.toMatchObject({ code: 'ENOENT' });
  const watch = new KeyWatch(given.keys, clock, log);
  for (const hours of [0, 0.5, 1, 2]) {
    await watch.workOnce();
    clock.pass(hours * 3_600_000);
  }
  expect(lines.filter((line) => line.includes('reports are signed'))).toHaveLength(1);
  await writeFile(file, 'words');
  await watch.workOnce();
  expect(lines.at(-1)).toContain('is no PKCS#12 file');
  expect(lines.join('')).not.toMatch(/a word|another word/);
});

/** One run that is reported, and printed by what stands for a browser, sealed by this service. */
async function press({ config, keys }: ReturnType<typeof service>): Promise<string> {
  await rooms.load(`version: 1
hosts: [{ name: one, address: 127.0.62.9 }]
audits: [{ name: a, hosts: all, ports: "7" }]
`);
  clock.pass(1000);
  const runId = await rooms.scheduler.runNow('a');
  await sail(rooms, clock);
  await rooms.reporter.workOnce();
  const document = PDF.create();
  document.addPage();
  const bytes = await document.save();
  const record = new SealRecord(rooms.app.get(LOGGER), new Metrics(null as never));
  const sealer = new Sealer(keys, rooms.app.get(LedgerService), config, clock, record);
  const printer = { printPdf: async () => bytes } as never;
  const room = new ReportPress(
    rooms.app.get(ReportsService),
    printer,
    sealer,
    rooms.app.get(LOGGER),
    rooms.app.get(Stationery),
  );
  expect(await room.workOnce(NEVER)).toBe(1);
  return runId;
}

const asked = async (path: string): Promise<Response> => fetch(`${url}${path}`);

it('a report is kept with who has signed it and when it was time-stamped; pages and API say so', async () => {
  const signer = service({ signing: { stampUrl: harbour.url } });
  const sha256 = await shaOf(signer);
  const run = await press(signer);
  const pdf = await rooms.app.get(ReportsService).pdfOf(run);
  const found = await verifyReport(pdf);
  expect(found.checks.filter(({ outcome }) => outcome === 'fails').map(({ name }) => name)).toEqual([
    'pages',
  ]);
  const [row] = await rooms.query('select snapshot_sha256, pdf_sha256 from report where run_id = $1', [run]);
  expect([found.evidence?.sha256, found.sha256]).toEqual([row!.snapshot_sha256, row!.pdf_sha256]);
  const { reports } = (await (await asked('/api/v1/reports')).json()) as { reports: Array<{ pdf: object }> };
  expect(reports[0]).toMatchObject({
    run,
    pdf: {
      ...{ sha256: found.sha256, certificateSha256: sha256, unsignedBecause: null, unstampedBecause: null },
      ...{ stampedBy: 'CN=Harbour clock 1', path: `/runs/${run}/report.pdf`, bytes: pdf.length },
    },
  });
  const page = await (await asked('/reports')).text();
  expect(page).toContain('signed, time-stamped');
  for (const words of [sha256, found.sha256, 'Harbour clock 1']) expect(page).toContain(words);
});

it('one has the last checkpoint of the ledger inside, which holds by itself', async () => {
  await rooms.load('version: 1\nhosts: [{ name: one, address: 127.0.62.9 }]\n');
  const keeper = rooms.app.get(LedgerKeeper);
  while ((await keeper.workOnce()) > 0);
  const latest = (await rooms.app.get(LedgerService).latestCheckpoint())!;
  const pdf = await rooms.app.get(ReportsService).pdfOf(await press(service()));
  expect((await checkpointInside(pdf))?.checkpoint).toEqual(latest);
  const outcomes = async (key: string | null): Promise<string[]> => {
    const { checks } = await verifyReport(pdf, [], { held: null, key });
    return checks
      .filter(({ name }) => ['evidence', 'checkpoint', 'ledger-key'].includes(name))
      .map(({ name, outcome }) => `${name} ${outcome}`);
  };
  expect(await outcomes(null)).toEqual(['evidence holds', 'checkpoint holds', 'ledger-key unchecked']);
  expect(await outcomes(latest.keyId)).toEqual(['evidence holds', 'checkpoint holds', 'ledger-key holds']);
  expect(await outcomes('another')).toEqual(['evidence holds', 'checkpoint holds', 'ledger-key fails']);
  const { checks } = await verifyReport(pdf);
  expect(checks.map(({ says }) => says).join('\n')).toMatch(
    new RegExp(
      `ledger.json: the checkpoint of entry ${latest.seq} of the ledger was signed at .* with key ${latest.keyId}`,
    ),
  );
});

it('one that is not signed says why, in the log, on the page and to programs', async () => {
  const file = join(folder, '<b>none</b>.p12');
  const run = await press(service({ signing: { file } }));
  expect((await verifyReport(await rooms.app.get(ReportsService).pdfOf(run))).isSound).toBe(false);
  const { reports } = (await (await asked('/api/v1/reports')).json()) as { reports: Array<{ pdf: object }> };
  const because = `PORTOLAN_SIGNING_P12 names ${file}, which can’t be read: ENOENT`;
  expect(reports[0]!.pdf).toMatchObject({ signedBy: null, unsignedBecause: because });
  const page = await (await asked('/reports')).text();
  expect(page).toContain('not signed');
  expect(page).not.toContain('<b>none</b>');
  expect(
    lines.some((line) => line.includes('a report was printed and is not signed') && line.includes('ENOENT')),
  ).toBe(true);
});

it('a certificate that has expired, and an authority that is away: said, and printed all the same', async () => {
  const { keys, certificate } = await holder('Old clerk', {
    until: new Date(clock().getTime() - 86_400_000),
  });
  const file = join(folder, 'old.p12');
  await writeFile(file, await p12Of({ key: keys.privateKey, certificates: [certificate] }, ''));
  await press(service({ signing: { file } }));
  await press(service({ signing: { stampUrl: 'http://127.0.0.1:9/stamp' } }));
  const rows = await rooms.query('select * from report order by id');
  expect(rows[0]!.unsigned_because).toContain('it has expired');
  expect(rows[1]).toMatchObject({ unsigned_because: null, stamped_at: null });
  expect(rows[1]!.unstamped_because).toContain('127.0.0.1:9 gave none');
  for (const { printed_at, problem } of rows) expect([printed_at !== null, problem]).toEqual([true, null]);
});

it('the certificate is there for whoever holds it elsewhere', async () => {
  const answer = await asked('/reports/certificate.pem');
  expect(answer.headers.get('content-type')).toContain('application/x-pem-file');
  const [certificate] = certificatesIn(Buffer.from(await answer.arrayBuffer()))!;
  const described = (await (await asked('/api/v1/reports/certificate')).json()) as {
    sha256: string;
    pem: string;
  };
  expect(described).toMatchObject({ isSelfSigned: true });
  expect(certificatesIn(Buffer.from(described.pem))![0]!.der.equals(certificate!.der)).toBe(true);
  expect(answer.headers.get('content-disposition')).toContain(described.sha256.slice(0, 12));
});

/*
 * The demo harbour: `portolan quickstart --once` and `harbour`, the first things that a stranger sees, and an audit of it. Its
 * ports are fixed, so that whatever needs them is in this file.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openHarbour } from '../../src/cli/demo-harbour.js';
import { harbourInventory } from '../../src/cli/demo-inventory.js';
import { pdfText } from '../support/pdf-text.js';
import { portolan, start, stop } from '../support/program.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portolan-quickstart-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Kind, and where: what is planted in src/cli/demo-harbour.ts. */
const PLANTED = [
  ['unexpected-open', '127.0.10.1:9200'],
  ['unexpected-open', '127.0.10.2:6379'],
  ['unexpected-closed', '127.0.10.2:27017'],
  ['unexpected-filtered', '127.0.10.4:2525'],
  ['unexpected-answer', '127.0.10.5:8200'],
] as const;

test('it ends with exit 0, and its PDF shows each drift that is planted', async () => {
  const env = { PORTOLAN_DATA: join(folder, 'data'), PORTOLAN_LISTEN: '127.0.0.1:0' };
  const { code, stdout, stderr } = await portolan(['quickstart', '--once'], { env, cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  for (const [kind, where] of PLANTED) expect(stdout).toContain(`${kind}  ${where}`);
  const path = /^The report is in (.*\.pdf)$/m.exec(stdout)?.[1];
  expect(path).toMatch(/^data\/reports\/harbour-run-\d+\.pdf$/);
  const text = await pdfText(await readFile(join(folder, path!)));
  for (const [kind, where] of PLANTED) {
    expect(text).toContain(kind);
    expect(text).toContain(where);
  }
  for (const kind of ['owner-missing', 'review-overdue']) expect(text).toContain(kind);
  const mails = await readdir(join(folder, 'data', 'mail'));
  const told = await Promise.all(mails.map((mail) => readFile(join(folder, 'data', 'mail', mail), 'utf8')));
  const to = told.map((mail) => /^To: (.*)$/m.exec(mail)![1]).sort();
  // Nobody owns one of its hosts, and nobody is named as whoever runs the service.
  const nobody = '"undisclosed-recipients":;';
  expect(to).toEqual([nobody, 'data@example.test', 'ops@example.test', 'shop@example.test']);
  expect(stdout).toContain('The owners were told by 4 e-mails in data/mail\n');
  expect(existsSync(join(folder, 'data', 'portolan.lock'))).toBe(false);
});

test('where its ports are taken it says so, with exit 2', async () => {
  const other = await openHarbour('calm');
  try {
    const env = { PORTOLAN_DATA: join(folder, 'data'), PORTOLAN_LISTEN: '127.0.0.1:0' };
    const { code, stderr } = await portolan(['quickstart', '--once'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^the demo harbour can't listen: .*EADDRINUSE.*; is another one running\?\n$/);
  } finally {
    await other.close();
  }
});

test.each([
  ['a file in its place', () => MAIN_FILE, /the data folder .* can't be written: /],
  [
    'a place where nobody may write',
    () => '/proc/portolan',
    /the data folder \/proc\/portolan can't be written: /,
  ],
])('a data folder that can not be made is refused: %s', async (_name, place, message) => {
  const env = { PORTOLAN_DATA: place(), PORTOLAN_LISTEN: '127.0.0.1:0' };
  const { code, stderr } = await portolan(['quickstart', '--once'], { env });
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

const MAIN_FILE = new URL('../../package.json', import.meta.url).pathname;

test('the harbour alone writes an inventory that an audit can use, and ends with Ctrl-C', async () => {
  const harbour = start(['harbour', '--calm'], { env: { PORTOLAN_DATA: folder } });
  await harbour.printed(/listeners are up, calm/);
  const audit = await portolan(['audit', join(folder, 'harbour-calm.yaml')]);
  expect([audit.code, audit.stderr]).toEqual([0, '']);
  expect(await stop(harbour, 'SIGINT')).toMatchObject({ code: 0, signal: null, stderr: '' });
});

async function written(text: string): Promise<string> {
  const file = join(folder, 'inventory.yaml');
  await writeFile(file, text);
  return file;
}

/** kind, address:port of everything that is planted in the stormy harbour. */
const DRIFTS = [
  ['unexpected-open', '127.0.10.1', 9200],
  ['unexpected-closed', '127.0.10.2', 27017],
  ['unexpected-open', '127.0.10.2', 6379],
  ['unexpected-open', '127.0.10.3', 3389],
  ['unexpected-filtered', '127.0.10.4', 2525],
  ['unexpected-answer', '127.0.10.5', 8200],
  ['owner-missing', null, null],
  ['review-overdue', null, 2323],
];

describe('on a stormy harbour', () => {
  let storm: Awaited<ReturnType<typeof openHarbour>>;
  beforeAll(async () => {
    storm = await openHarbour('stormy');
  });
  afterAll(() => storm.close());

  test('drift exits 1, and the JSON, the CSV and the PDF all tell of each', async () => {
    const file = await written(harbourInventory(new Date(), 'stormy'));
    const [csv, pdf] = [join(folder, 'drift.csv'), join(folder, 'drift.pdf')];
    const { code, stdout, stderr } = await portolan(['audit', file, '--json', '--csv', csv, '--pdf', pdf]);
    expect([code, stderr]).toEqual([1, '']);
    const told = JSON.parse(stdout);
    expect(Object.keys(told)).toEqual(
      expect.arrayContaining(
        'verdict coverage findings inventory tool arguments startedAt finishedAt vantage'.split(' '),
      ),
    );
    expect(told.verdict).toBe('drift');
    expect(told.coverage.unknown + told.coverage.probed).toBe(told.coverage.expected);
    expect(told.inventory).toMatchObject({ path: file, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    for (const finding of told.findings) {
      expect(Object.keys(finding)).toEqual(
        expect.arrayContaining(
          'kind host address port declared observed service owner severity state firstSeen evidence'.split(
            ' ',
          ),
        ),
      );
    }
    const found = told.findings.map(
      (one: Record<string, unknown>) => `${one.kind} ${one.address} ${one.port}`,
    );
    const kinds = told.findings.map((one: Record<string, unknown>) => one.kind);
    for (const [kind, address, port] of DRIFTS) {
      if (address === null) expect(kinds).toContain(kind);
      else expect(found).toContain(`${kind} ${address} ${port}`);
    }
    expect(told.findings).toHaveLength(DRIFTS.length);
    expect(told.findings.find((one: { port: number }) => one.port === 3389)).toMatchObject({
      state: 'accepted',
    });

    const table = (await readFile(csv, 'utf8')).split('\r\n');
    expect(table.pop()).toBe('');
    expect(table).toHaveLength(DRIFTS.length + 1);
    const columns = table[0]!.split(',').length;
    for (const line of table) expect(line.replaceAll(/"(?:[^"]|"")*"/g, '').split(',')).toHaveLength(columns);

    const text = await pdfText(await readFile(pdf));
    for (const [kind, address, port] of DRIFTS.slice(0, 6)) {
      expect(text).toContain(`${address}:${port}`);
      expect(text).toContain(kind as string);
    }
    expect((await readdir(folder)).sort()).toEqual(['drift.csv', 'drift.pdf', 'inventory.yaml']);
  });

  test('the table says the verdict first, and no colour reaches a pipe', async () => {
    const file = await written(harbourInventory(new Date(), 'stormy'));
    const { code, stdout, stderr } = await portolan(['audit', file, '--audit', 'harbour']);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^DRIFT {2}\d+ findings are open\n/);
    expect(stdout).toContain('unexpected-open  127.0.10.1:9200');
    expect(stdout).not.toContain('\x1b');
  });
});

test('on a calm harbour everything is as declared: exit 0', async () => {
  const calm = await openHarbour('calm');
  try {
    const file = await written(harbourInventory(new Date(), 'calm'));
    const { code, stdout, stderr } = await portolan(['audit', file, '--json']);
    expect([code, stderr, JSON.parse(stdout).verdict]).toEqual([0, '', 'clean']);
    expect(JSON.parse(stdout).findings).toEqual([]);
  } finally {
    await calm.close();
  }
});

/*
 * The forms of a report at their doors: pages, API and command line give the same bytes, each says what it is and of which evidence it
 * was made, and what there is not is refused. A large one is made by a thread, and nobody waits for it.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORM_NAMES, type FormName, REPORT_FORMS } from '../../src/reports/forms/report-forms.js';
import { writeApart } from '../../src/reports/forms/write-apart.js';
import { writeForm } from '../../src/reports/forms/write-form.js';
import { largeSnapshot } from '../fixtures/report-snapshots.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { portolan } from '../support/program.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

const clock = standingClock('2026-07-01T12:00:00Z');
let on: TestDatabase;
let rooms: Rooms;
let url: string;
let run: string;
let folder: string;
let isClosed = false;

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'embedded')!.open();
  rooms = await openRooms(on, clock);
  url = await listenStill(rooms);
  folder = await mkdtemp(join(tmpdir(), 'portolan-forms-'));
  await rooms.load(`version: 1
owners: { shop: { name: "=Shop <b>", email: shop@harbour.test } }
hosts: [{ name: one, address: 127.0.62.21, owner: shop, ports: [{ port: 7, expect: open }] }]
audits: [{ name: nightly, hosts: all, ports: "7" }]
`);
  run = await rooms.scheduler.runNow('nightly');
  await sail(rooms, clock);
  await rooms.reporter.workOnce();
});
afterAll(async () => {
  if (!isClosed) await rooms?.close();
  await on?.drop();
  await rm(folder, { recursive: true, force: true });
});

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(url + path, { headers, redirect: 'manual' });
const pageOf = (form: FormName): string => `/runs/${run}/report.${REPORT_FORMS[form].ending}`;
const apiOf = (form: string): string => `/api/v1/runs/${run}/report?form=${form}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('each form', () => {
  it.each(FORM_NAMES)(
    '%s is named by what it is, tagged by its evidence, and the same for programs',
    async (form) => {
      const page = await ask(pageOf(form));
      const text = await page.text();
      expect(page.status, text.slice(0, 300)).toBe(200);
      expect(page.headers.get('content-type')).toBe(REPORT_FORMS[form].type);
      expect(page.headers.get('content-disposition')).toBe(
        `attachment; filename="portolan-nightly-run-${run}-2026-07-01.${REPORT_FORMS[form].ending}"`,
      );
      const [{ snapshot_sha256: evidence } = {}] = await rooms.query('select snapshot_sha256 from report');
      const tag = page.headers.get('etag')!;
      expect(tag).toContain(String(evidence));
      const same = await ask(pageOf(form), { 'if-none-match': `"x", W/${tag}` });
      expect([same.status, await same.text()]).toEqual([304, '']);
      const api = await ask(apiOf(form));
      expect(await api.text()).toBe(text);
      expect(api.headers.get('etag')).toBe(tag);
      expect((await ask(apiOf(form), { 'if-none-match': tag })).status).toBe(304);
    },
  );

  it('is JSON where nothing is said: the text that was hashed, with the way to its schema', async () => {
    const answer = await ask(`/api/v1/runs/${run}/report`);
    const text = await answer.text();
    expect(`"${sha256(text)}"`).toBe(answer.headers.get('etag'));
    const [, path] = /^<([^>]+)>; rel="describedby"$/.exec(answer.headers.get('link')!)!;
    const schema = (await (await ask(path!)).json()) as { $id: string };
    expect(path).toBe(`/api/v1/schemas/${schema.$id.split(':').at(-1)}`);
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    expect(ajv.validate(schema, JSON.parse(text)) || ajv.errors).toBe(true);
    const { schemas } = (await (await ask('/api/v1/schemas')).json()) as { schemas: object[] };
    expect(schemas).toContainEqual(expect.objectContaining({ path }));
  });

  it('is in the menus of the report and of its run', async () => {
    const [{ id } = {}] = await rooms.query('select id::text from report');
    for (const path of [`/reports/${String(id)}`, `/runs/${run}`]) {
      const html = await (await ask(path, { accept: 'text/html' })).text();
      for (const form of FORM_NAMES) expect(html, path).toContain(`href="${pageOf(form)}"`);
    }
  });
});

describe('what there is not', () => {
  it('is refused, by a word that says what would be', async () => {
    const statusOf = async (path: string) => (await ask(path, { accept: 'application/json' })).status;
    for (const path of ['/runs/999/report.sarif', '/runs/x/report.json', '/api/v1/runs/999/report'])
      expect(await statusOf(path), path).toBe(404);
    expect(await statusOf(`/runs/${run}/report.exe`)).toBe(404);
    expect(await statusOf(apiOf('exe'))).toBe(400);
    expect(await statusOf('/api/v1/schemas/portolan-report/9')).toBe(404);
    const pdf = await ask(apiOf('pdf'));
    expect(pdf.status).toBe(503);
    expect(await pdf.text()).toContain('not printed');
  });
});

describe('a large report', () => {
  const text = JSON.stringify(largeSnapshot(500));
  const evidence = { text, sha256: sha256(text) };
  const all = async (pieces: AsyncIterable<string>): Promise<string> => {
    const parts: string[] = [];
    for await (const piece of pieces) parts.push(piece);
    return parts.join('');
  };

  it('is the same, whoever makes it, and others go on meanwhile', async () => {
    let turns = 0;
    let isOver = false;
    const turn = (): void => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    const apart = await all(writeApart('oscal-ar', evidence, { large: 0 }));
    isOver = true;
    // Made here, it would be two or three.
    expect(turns).toBeGreaterThan(100);
    expect(apart).toBe(Array.from(writeForm('oscal-ar', evidence)).join(''));
  });

  it('is let go of by whoever takes no more, and the next get their turn', async () => {
    const made = () => writeApart('junit', evidence, { large: 0 });
    const left = [made(), made()];
    for (const one of left) expect((await one.next()).done).toBe(false);
    const waiting = all(made());
    for (const one of left) await one.return();
    expect(await waiting).toContain('</testsuites>');
  });

  it('says what is wrong with its evidence', async () => {
    await expect(writeApart('sarif', { text: '{}', sha256: '' }, { large: 0 }).next()).rejects.toThrow(
      /format/,
    );
  });
});

describe('the command line', () => {
  const exported = (args: readonly string[], env: Record<string, string> = {}) =>
    portolan(['report', 'export', '--run', run, ...args], { env });

  it('takes a form from the service that is named, and from the one that holds the folder', async () => {
    const there = await (await ask(pageOf('sarif'))).text();
    const file = join(folder, 'of the run.sarif');
    expect(await exported(['--form', 'sarif', '-o', file, '--server', url])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await readFile(file, 'utf8')).toBe(there);
    const here = { PORTOLAN_DATA: on.dataDir!, PORTOLAN_LISTEN: new URL(url).host };
    expect(await exported(['--form', 'sarif'], here)).toMatchObject({ code: 0, stdout: there });
  });

  it('takes any form of a report by its number, and is told of one that it does not have', async () => {
    const [{ id } = {}] = await rooms.query('select id::text from report');
    const fetched = (form: string) =>
      portolan(['report', 'fetch', String(id), '--form', form, '--server', url]);
    expect(await fetched('junit')).toMatchObject({
      code: 0,
      stdout: await (await ask(pageOf('junit'))).text(),
    });
    expect(await fetched('xlsx')).toMatchObject({ code: 2, stderr: expect.stringContaining('oscal-poam') });
  });

  it('is told what is wrong, and leaves no file', async () => {
    const file = join(folder, 'none.pdf');
    const wrong = async (args: readonly string[]) => {
      const { code, stderr } = await portolan(['report', 'export', '--server', url, '-o', file, ...args]);
      return [code, stderr];
    };
    expect(await wrong(['--run', '999'])).toEqual([2, expect.stringMatching(/run 999 has no report/i)]);
    expect(await wrong(['--run', 'x'])).toEqual([2, expect.stringContaining('expected digits')]);
    expect(await wrong(['--run', run, '--form', 'pdf'])).toEqual([2, expect.stringContaining('not printed')]);
    expect(await wrong(['--run', run, '--form', 'exe'])).toEqual([2, expect.stringContaining('oscal-ar')]);
    expect(await readdir(folder)).not.toContain('none.pdf');
  });

  it('reads the folder where no service holds it', async () => {
    const text = await (await ask(pageOf('oscal-poam'))).text();
    await rooms.close();
    isClosed = true;
    const ended = await exported(['--form', 'oscal-poam'], { PORTOLAN_DATA: on.dataDir! });
    expect(ended).toMatchObject({ code: 0, stdout: text, stderr: '' });
  });
});

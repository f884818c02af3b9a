/* `portolan quickstart --once`, and `harbour`: the first thing that a stranger sees. Its ports are fixed. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openHarbour } from '../../src/cli/demo-harbour.js';
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

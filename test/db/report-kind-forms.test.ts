/*
 * Each kind of report in each form, at the doors: what it can be in is given, by page and API alike, named and typed as it is; what it
 * can't be in is refused; and its evidence is as the schema says that it leads to, with no member that the schema does not name.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_KINDS, type ReportKind } from '../../src/domain/report/parameters.js';
import { FORM_NAMES, type FormName, formsOf, REPORT_FORMS } from '../../src/reports/forms/report-forms.js';
import { OrderClerk } from '../../src/reports/orders/order-clerk.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { openRooms, type Rooms, sail, standingClock } from '../support/rooms.js';
import { listenStill } from '../support/still-pages.js';

const INVENTORY = `version: 1
owners: { shop: { name: "=Shop <b>", email: shop@harbour.test }, ops: { name: Ops } }
scopes: [{ name: harbour, allow: [127.0.74.0/24], authorisedBy: Ada, until: 2199-01-01 }]
hosts:
  - { name: one, address: 127.0.74.9, owner: shop, tags: [web], ports: [{ port: 7, expect: open, why: Echo, reviewBy: 2026-06-30 }] }
  - { name: two, address: 127.0.74.10, ports: [{ port: 7, expect: closed }] }
audits: [{ name: "Prüfung/東京", hosts: all, ports: "7" }]
exceptions: [{ host: one, ports: [9], reason: Migration, approvedBy: CISO, expires: 2026-12-31 }]
`;
const ASKED: Readonly<Record<ReportKind, object>> = {
  exposure: { kind: 'exposure', title: 'Überblick' },
  drift: { kind: 'drift', from: '2026-06-25', to: '2026-07-01' },
  compliance: { kind: 'compliance', framework: 'pci-dss-4.0.1', from: '2026-06-25', to: '2026-07-01' },
  attestation: { kind: 'attestation' },
  exceptions: { kind: 'exceptions', from: '2026-06-25', to: '2026-07-01' },
};

const clock = standingClock('2026-07-01T12:00:00Z');
let on: TestDatabase;
let rooms: Rooms;
let url: string;
let run: string;
const reports = new Map<ReportKind, string>();

beforeAll(async () => {
  on = await databases.find(({ name }) => name === 'postgresql')!.open();
  rooms = await openRooms(on, clock);
  url = await listenStill(rooms);
  await rooms.load(INVENTORY);
  run = await rooms.scheduler.runNow('Prüfung/東京');
  await sail(rooms, clock);
  await rooms.reporter.workOnce();
  for (const kind of REPORT_KINDS) reports.set(kind, await made(kind));
});
afterAll(async () => {
  await rooms?.close();
  await on?.drop();
});

async function made(kind: ReportKind): Promise<string> {
  const asked = await fetch(`${url}/api/v1/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...ASKED[kind], by: 'Ada' }),
  });
  const { id } = (await asked.json()) as { id: string };
  expect(asked.status, kind).toBe(202);
  await rooms.app.get(OrderClerk).workOnce();
  const order = (await (await fetch(`${url}/api/v1/reports/orders/${id}`)).json()) as {
    report: string | null;
    problem: string | null;
  };
  expect(order.problem, kind).toBeNull();
  return order.report!;
}

const ask = (path: string) => fetch(url + path, { headers: { accept: 'application/json' } });
const nameIn = (answer: Response): string => {
  const [, plain, full] = /filename="([^"]+)"(?:; filename\*=UTF-8''(.+))?$/.exec(
    answer.headers.get('content-disposition')!,
  )!;
  return full === undefined ? plain! : decodeURIComponent(full);
};

describe.each(REPORT_KINDS)('a report of kind %s', (kind) => {
  it.each(FORM_NAMES)('as %s', async (form) => {
    const id = reports.get(kind)!;
    const { ending, type } = REPORT_FORMS[form];
    const answers = [
      await ask(`/api/v1/reports/${id}/report?form=${form}`),
      await ask(`/reports/${id}/report.${ending}`),
    ];
    if (!formsOf(false).includes(form)) {
      expect(answers.map(({ status }) => status)).toEqual([404, 404]);
      return;
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toBe(type);
      expect(nameIn(answer)).toMatch(new RegExp(`^portolan-.+-report-${id}-2026-07-01\\.${ending}$`));
    }
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()));
    expect(one).toBe(other);
  });

  it('has evidence of which its schema, closed, knows every member', async () => {
    const answer = await ask(`/api/v1/reports/${reports.get(kind)!}/report`);
    await checkEvidence(answer);
  });

  it('is offered those forms on its page, and no others', async () => {
    const id = reports.get(kind)!;
    const html = await (await fetch(`${url}/reports/${id}`, { headers: { accept: 'text/html' } })).text();
    const offered = Array.from(
      html.matchAll(/href="\/reports\/\d+\/report\.([a-z.-]+)"/g),
      ([, ending]) => ending,
    );
    expect(offered.filter((ending) => ending !== 'pdf').sort()).toEqual(
      formsOf(false)
        .map((form) => REPORT_FORMS[form].ending)
        .sort(),
    );
  });
});

async function checkEvidence(answer: Response): Promise<void> {
  const [, path] = /^<([^>]+)>; rel="describedby"$/.exec(answer.headers.get('link')!)!;
  const evidence = (await answer.json()) as { format: string };
  expect(path).toBe(`/api/v1/schemas/${evidence.format}`);
  for (const members of ['open', 'closed']) {
    const ajv = new Ajv2020({ strict: true });
    addFormats.default(ajv);
    const schema = (await (await ask(`${path}?members=${members}`)).json()) as object;
    expect(ajv.validate(schema, evidence) || ajv.errors, members).toBe(true);
  }
}

describe('the report of a run', () => {
  it.each([...FORM_NAMES])('as %s is named by its audit in whatever script', async (form: FormName) => {
    const { ending, type } = REPORT_FORMS[form];
    const [{ id } = {}] = await rooms.query('select id::text from report where run_id is not null');
    const answers = [
      await ask(`/api/v1/runs/${run}/report?form=${form}`),
      await ask(`/api/v1/reports/${String(id)}/report?form=${form}`),
      await ask(`/runs/${run}/report.${ending}`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe(type);
      expect(answer.headers.get('content-disposition')).toMatch(
        new RegExp(
          `^attachment; filename="portolan-Prufung-run-${run}-2026-07-01\\.${ending}"; filename\\*=UTF-8''`,
        ),
      );
      expect(nameIn(answer)).toBe(`portolan-Prüfung-東京-run-${run}-2026-07-01.${ending}`);
    }
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
  });

  it('has evidence of which its schema, closed, knows every member', async () => {
    await checkEvidence(await ask(`/api/v1/runs/${run}/report`));
  });

  it('refers, as OSCAL, to files by the names that they are downloaded with', async () => {
    const results = await (await ask(`/api/v1/runs/${run}/report?form=oscal-ar`)).text();
    for (const form of ['oscal-ap', 'json'] as const) {
      const name = nameIn(await ask(`/api/v1/runs/${run}/report?form=${form}`));
      expect(results).toContain(`"href":"./${encodeURIComponent(name)}"`);
    }
  });
});

/*
 * A service that has somebody to tell, and findings that begin when a scenario says so: written as a run writes them, each with
 * the step that is its outbox, in one transaction.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databases } from '../../support/databases.js';
import { NO_BROWSER } from './serving.js';
import { openWitness, type Witness } from './witness.js';

export interface TellingWorld {
  readonly env: Readonly<Record<string, string>>;
  readonly witness: Witness;
  /** New findings, open from now on, shared out among the owners; from their first number on. */
  begin(findings: number, owners?: readonly string[]): Promise<void>;
  /** All that are open end. */
  endAll(): Promise<void>;
  close(): Promise<void>;
}

/** Each on a host and a port of its own. */
const BEGIN = `
with made as (
  insert into finding (key, kind, host, address, port, declared, observed, owner, severity, severity_reasons, evidence, state,
    confirmations, first_seen, last_seen, opened_at, reopened, evidence_at, looks, turns)
  select 'unexpected-open|local|127.9.0.1|' || n, 'unexpected-open', 'h' || n, '127.9.0.1', 1 + n % 65535, 'closed', 'open',
    ($3::text[])[1 + n % cardinality($3::text[])], 'medium', '[]', 'a handshake', 'open',
    1, now(), now(), now(), 0, now(), '1', '[]'
  from generate_series($1::int, $2::int) as n returning id
)
insert into finding_event (finding_id, at, actor, from_state, to_state, why)
select id, now(), 'run 1', 'suspected', 'open', 'seen' from made order by id`;

const END = `
with ended as (update finding set state = 'resolved' where state = 'open' returning id)
insert into finding_event (finding_id, at, actor, from_state, to_state, why)
select id, now(), 'run 2', 'open', 'resolved', 'not seen any more' from ended order by id`;

/** @param yaml receivers and routes; the owners are told by e-mail */
export async function openTellingWorld(
  owners: readonly string[],
  yaml: string,
  env: Readonly<Record<string, string>>,
): Promise<TellingWorld> {
  const on = await databases.find(({ name }) => name === 'postgresql')!.open();
  const folder = await mkdtemp(join(tmpdir(), 'portolan-telling-'));
  const file = join(folder, 'inventory.yaml');
  const lines = owners.map((owner) => `  ${owner}: { name: ${owner}, email: ${owner}@example.test }\n`);
  const host = `  - { name: h, address: 127.9.0.1, owner: ${owners[0]} }\n`;
  // Without a schedule: nothing is probed, and what is found there is somebody's business.
  const audit = `audits: [{ name: watch, hosts: all, ports: "1-65535" }]\n`;
  await writeFile(file, `version: 1\nowners:\n${lines.join('')}hosts:\n${host}${audit}${yaml}`);
  const witness = await openWitness(on.url!);
  let count = 0;
  return {
    env: { DATABASE_URL: on.url!, PORTOLAN_INVENTORY: file, PORTOLAN_DATA: folder, ...NO_BROWSER, ...env },
    witness,
    async begin(findings, of = owners) {
      await witness.query(BEGIN, [count, count + findings - 1, of]);
      count += findings;
    },
    async endAll() {
      await witness.query(END);
    },
    async close() {
      await witness.close();
      await on.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/*
 * The rooms of a service on a database of their own, without timers: what is measured is called, and nothing else works.
 *
 * Nothing may be sent: the gate, which would look at ports of the hosts that a run has met, is told that all is well without
 * looking. (The inventory's blackout says the same once more.)
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { readConfig } from '../../../dist/src/config.js';
import { Comparer } from '../../../dist/src/findings/comparer.js';
import { Tidier } from '../../../dist/src/findings/tidier.js';
import { Historian } from '../../../dist/src/history/historian.js';
import { InventoryService } from '../../../dist/src/inventory/inventory.service.js';
import { LedgerKeeper } from '../../../dist/src/ledger/ledger-keeper.js';
import { makeLogger } from '../../../dist/src/platform/log.js';
import { Reporter } from '../../../dist/src/reports/reporter.js';
import { Archivist } from '../../../dist/src/scans/archivist.js';
import { Gatekeeper } from '../../../dist/src/scans/gatekeeper.js';
import { openPages } from '../../../dist/src/service.js';
import { getPostgres } from '../../support/postgres.mjs';

const NAME = 'portolan_bench_store';

/** @returns the rooms on a new PostgreSQL database, or on an embedded one */
export async function openRooms(kind, clock) {
  const folder = await mkdtemp(join(tmpdir(), 'portolan-bench-'));
  const server = kind === 'postgresql' ? await newPostgres() : null;
  const config = readConfig({
    PORTOLAN_DATA: folder,
    PORTOLAN_LOG_LEVEL: 'silent',
    PORTOLAN_ACCESS: 'open',
    ...(server ? { DATABASE_URL: server.url } : {}),
  });
  const { app, close } = await openPages(config, makeLogger('silent'), { clock });
  app.get(Gatekeeper).after = async () => ({ blindness: null, isFinal: false });
  const source = app.get(DataSource);
  return {
    databaseUrl: server?.url ?? null,
    ...{ app, source, query: (sql, parameters) => source.query(sql, parameters) },
    ...{ comparer: app.get(Comparer), tidier: app.get(Tidier), historian: app.get(Historian) },
    ...{ reporter: app.get(Reporter), archivist: app.get(Archivist), ledgerKeeper: app.get(LedgerKeeper) },
    async load(yaml) {
      const file = join(folder, 'inventory.yaml');
      await writeFile(file, yaml);
      return app.get(InventoryService).load(file);
    },
    /** Rows that are right by construction: neither foreign keys nor triggers look at each of a million. */
    async script(statements) {
      await source.transaction(async (rows) => {
        await rows.query('set local session_replication_role = replica');
        await rows.query(statements);
      });
    },
    async close() {
      await close();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function newPostgres() {
  const server = await getPostgres();
  const admin = async (sql) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const url = new URL(server.url);
  url.pathname = `/${NAME}`;
  await admin(`drop database if exists ${NAME} with (force)`);
  await admin(`create database ${NAME}`);
  const stop = async () => {
    await admin(`drop database if exists ${NAME} with (force)`);
    await server.stop();
  };
  return { url: url.href, stop };
}

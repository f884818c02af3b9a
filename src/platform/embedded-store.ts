/*
 * The embedded database with a guard before it. PGlite on a full disk is a trap: an ordinary write fails and harms nothing,
 * but where it can't write its log (a new segment of 16 MB, a checkpoint) it panics, and the next question to it turns
 * in circles for good, with our process. So:
 *
 * - while there is little space, it is told to change nothing: what is read is read, and writing fails with the error
 *   that a full disk would give (53100), before there is any harm;
 * - one that has panicked is asked nothing more, not even to close: it is opened anew, which brings back all that was
 *   committed, as after a killed process;
 * - it is not closed where the disk has no room for its last checkpoint: the next start makes up for it.
 *
 * It stands between node-postgres and PGlite, and steps in only between one transaction and the next.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ExecProtocolOptions, PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { spaceLeft } from './disk-space.js';
import { Refusal } from './refusal.js';

const MIB = 1024 * 1024;
/** Two segments of its log, and what a transaction may write. */
const LITTLE = 48 * MIB;
/** It does not waver at the edge. */
const ENOUGH = 64 * MIB;
/** What a new database takes, and then some. */
const NEW = 96 * MIB;
/** For the few small files of a checkpoint. */
const LEAST = 1 * MIB;
const REOPEN_EVERY_MS = 5000;
/** One that could not be opened would go on telling of its start every ten seconds, and keep the process from its end. */
const START = [...PGlite.defaultStartParams, '-c', 'log_startup_progress_interval=0'];

type Answers = Awaited<ReturnType<PGlite['execProtocolStream']>>;
type Answer = Answers[number] & { code?: string; message?: string; severity?: string; status?: string };

export class EmbeddedStore {
  private isBetween = true;
  private isReadOnly = false;
  private ready: Promise<void> = Promise.resolve();
  private reopenAtMs = 0;
  /** Why there is no database to ask. */
  private panic: { readonly code: string; readonly message: string } | null = null;

  private constructor(
    private readonly folder: string,
    private database: PGlite | null,
    /** Bytes; a test has its own. */
    private readonly left: () => number,
  ) {}

  static async open(folder: string, left = () => spaceLeft(dirname(folder))): Promise<EmbeddedStore> {
    return new EmbeddedStore(folder, await create(folder, left()), left);
  }

  /** What node-postgres waits for when it connects: by then one that has panicked is opened anew, where it can be. */
  get waitReady(): Promise<void> {
    this.ready = this.ready.then(() => this.revive());
    return this.ready;
  }

  async execProtocolStream(message: Uint8Array, options?: ExecProtocolOptions): Promise<Answers> {
    const { database } = this;
    if (!database) throw Object.assign(new Error(this.panic?.message), { code: this.panic?.code });
    if (this.isBetween) await this.guard(database);
    this.isBetween = false;
    const answers = await database.execProtocolStream(message, options);
    for (const answer of answers as Answer[]) this.look(answer);
    return answers;
  }

  async close(): Promise<void> {
    await this.ready;
    const { database } = this;
    this.database = null;
    if (this.left() >= LEAST) await database?.close();
  }

  private async guard(database: PGlite): Promise<void> {
    const left = this.left();
    const isLittle = left < (this.isReadOnly ? ENOUGH : LITTLE);
    if (isLittle === this.isReadOnly) return;
    await database.exec(`set default_transaction_read_only = ${isLittle ? 'on' : 'off'}`);
    this.isReadOnly = isLittle;
  }

  private look(answer: Answer): void {
    if (answer.name === 'readyForQuery') this.isBetween = answer.status === 'I';
    if (answer.name !== 'error') return;
    if (answer.severity === 'PANIC' || answer.severity === 'FATAL') {
      const code = answer.code === '53100' ? answer.code : '57P02';
      this.panic = { code, message: `the embedded database has stopped: ${answer.message}` };
      this.database = null;
    } else if (this.isReadOnly && answer.code === '25006') {
      answer.code = '53100';
      answer.message = `No space left on device: ${inMib(this.left())} are left for the embedded database, which writes from ${inMib(ENOUGH)} on`;
    }
  }

  private async revive(): Promise<void> {
    const { panic } = this;
    if (this.database || !panic || performance.now() < this.reopenAtMs) return;
    try {
      this.database = await create(this.folder, this.left());
      this.panic = null;
      this.isBetween = true;
      this.isReadOnly = false;
    } catch (error) {
      this.panic = { ...panic, message: (error as Error).message };
      this.reopenAtMs = performance.now() + REOPEN_EVERY_MS;
    }
  }
}

/**
 * For node-postgres' pool. Each client has a connection of its own: of one that they share, the end of the last client
 * would be taken for the end of the next, so that nothing would ever be asked again after a panic.
 */
export function poolOf(store: EmbeddedStore): object {
  // All that it asks of a PGlite.
  const connect = () => createPgConfig(store as never as PGlite);
  class Client extends pg.Client {
    constructor(options: pg.ClientConfig) {
      super({ ...options, connection: connect().connection } as pg.ClientConfig);
    }
  }
  return Object.assign(connect(), { max: 1, Client });
}

/** A new one is made whole or not at all: what a kill or a full disk has left of it is made again. */
async function create(folder: string, left: number): Promise<PGlite> {
  const unfinished = `${folder}.unfinished`;
  if (existsSync(unfinished)) rmSync(folder, { recursive: true, force: true });
  const isNew = !existsSync(join(folder, 'PG_VERSION'));
  if (left < (isNew ? NEW : LEAST)) throw full(folder, left, isNew ? NEW : LEAST);
  try {
    if (isNew && !existsSync(folder)) writeFileSync(unfinished, '');
    const database = await PGlite.create(folder, { startParams: START });
    rmSync(unfinished, { force: true });
    return database;
  } catch (error) {
    if (existsSync(unfinished)) rmSync(folder, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
    if (left < LITTLE) throw full(folder, left, LITTLE);
    const why = error instanceof Error && error.message !== '' ? error.message : String(error);
    throw new Refusal('unavailable', `the embedded database in ${folder} can't be opened: ${why}`, {
      cause: error,
    });
  }
}

const full = (folder: string, left: number, wanted: number): Refusal =>
  new Refusal(
    'unavailable',
    `the embedded database in ${folder} can't be opened: its disk is full, with ${inMib(left)} left; expected ${inMib(wanted)}`,
  );

const inMib = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`;

/*
 * Knows whether the database's disk is full. Whoever fails for that reason says so here; from then on the rooms rest, so that
 * no run stumbles and no attempt is lost over it, and the pages go on, saying what is wrong. Every few seconds something
 * is written that needs new space; when that succeeds, all go on.
 *
 * Promise: a line in the log when it begins and one when it is over. The trap is what is written to see: never the
 * write-ahead log alone, where a full disk costs the server its life; a temporary table asks for space, and leaves nothing.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { LOGGER } from './log.js';
import type { Room, Troubles } from './loop.js';
import { Readiness } from './readiness.js';
import { storeTrouble } from './store-trouble.js';
import { WebViews } from './web-views.js';

const ASK_EVERY_MS = 5000;
/** Rows of 1920 bytes, four a page: more than a room writes in one breath, so that they do not fail again at once. */
const ROWS = 2000;
/** PostgreSQL, appendix A. */
const INSUFFICIENT_PRIVILEGE = '42501';

@Injectable()
export class StoreWatch implements Room, Troubles {
  readonly name = 'store-watch';
  readonly worksOnFullDisk = true;
  private trouble: { readonly why: string; readonly since: number; askedAt: number } | null = null;

  constructor(
    private readonly database: DataSource,
    readiness: Readiness,
    views: WebViews,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    readiness.expect('disk', () => this.trouble?.why ?? null);
    views.warnOf(() => (this.isFull ? DISK_FULL_NOTICE : null));
  }

  get isFull(): boolean {
    return this.trouble !== null;
  }

  failed(error: unknown, about: object, message: string): void {
    if (!this.note(error)) this.log.error({ ...about, err: error }, message);
  }

  /** False where the error is something else. */
  note(error: unknown): boolean {
    if (storeTrouble(error) !== 'full') return false;
    if (this.trouble) return true;
    const why = `the database's disk is full: ${error instanceof Error ? error.message : String(error)}`;
    const now = performance.now();
    this.trouble = { why, since: now, askedAt: now };
    this.log.error({ reason: why }, 'the disk is full: nothing is scanned or written until there is space');
    return true;
  }

  async workOnce(): Promise<number> {
    const { trouble } = this;
    if (!trouble || performance.now() - trouble.askedAt < ASK_EVERY_MS) return 0;
    trouble.askedAt = performance.now();
    if (!(await this.hasSpace())) return 0;
    this.trouble = null;
    const seconds = Math.round((performance.now() - trouble.since) / 1000);
    this.log.info({ seconds }, 'the disk has space again: all goes on');
    return 1;
  }

  private async hasSpace(): Promise<boolean> {
    try {
      await this.database.transaction(async (rows) => {
        await rows.query('create temporary table portolan_space (filler text) on commit drop');
        await rows.query(
          `insert into portolan_space select repeat(md5(i::text), 60) from generate_series(1, ${ROWS}) as i`,
        );
      });
      return true;
    } catch (error) {
      // Who may make no temporary table finds out by going on. Any other failure is no word of space: on a full disk a new
      // connection of PostgreSQL's may fail for a file of its own, with an error that does not say why.
      return (error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE;
    }
  }
}

export const DISK_FULL_NOTICE =
  'The disk of the database is full. What is known can be read; nothing is scanned or written until there is space again, and then it goes on by itself';

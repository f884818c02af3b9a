/*
 * Answers what sources of reports ask, out of the database. It reads only, and ends what was begun when whoever asked is gone. What the
 * database itself has failed with is kept: on its way out of a thread an error becomes words.
 */
import type { DataSource, QueryRunner } from 'typeorm';
import { asJson, type Desk, type DeskQuestion } from './reading.js';

export class StoreDesk implements Desk {
  /** The last failure of the database. */
  failure: unknown = null;
  private moment: QueryRunner | null = null;

  constructor(private readonly database: Pick<DataSource, 'query' | 'createQueryRunner'>) {}

  async answer(question: DeskQuestion): Promise<string> {
    try {
      if (question.ask === 'begin') return await this.begin();
      if (question.ask === 'end') return await this.end();
      const { sql, parameters } = question;
      const rows = this.moment ?? this.database;
      const [told] = (await rows.query(asJson(sql), [...parameters])) as [{ json: string }];
      return told.json;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** Whoever asked will ask no more. */
  async close(): Promise<void> {
    await this.end().catch(() => undefined);
  }

  private async begin(): Promise<string> {
    const moment = this.database.createQueryRunner();
    try {
      await moment.startTransaction('REPEATABLE READ');
    } catch (error) {
      await moment.release();
      throw error;
    }
    this.moment = moment;
    return '';
  }

  private async end(): Promise<string> {
    const { moment } = this;
    this.moment = null;
    if (!moment) return '';
    try {
      // There is nothing to keep; and after an error nothing else can be said.
      await moment.rollbackTransaction();
    } finally {
      await moment.release();
    }
    return '';
  }
}

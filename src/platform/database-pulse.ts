/*
 * Does the database answer? Asked by whoever watches the service, so that the answer comes within two seconds, also where
 * the database hangs, and never as an error.
 *
 * One question at a time, however many ask: against a database that hangs they would use up its connections. The trap
 * is the embedded one, which has a single connection: a long transaction of ours is silence, too.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LATE, within } from './time-limit.js';

const ANSWER_MS = 2000;
/** A question that was lost, with its connection, does not keep the next one from being asked. */
const LOST_MS = 15_000;

@Injectable()
export class DatabasePulse {
  private question: Promise<unknown> | null = null;

  constructor(private readonly database: DataSource) {}

  async beats(): Promise<boolean> {
    this.question ??= within(LOST_MS, this.database.query('select 1')).finally(() => {
      this.question = null;
    });
    try {
      return (await within(ANSWER_MS, this.question)) !== LATE;
    } catch {
      return false;
    }
  }
}

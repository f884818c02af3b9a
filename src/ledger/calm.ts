/*
 * Whether nobody wants anything just now: no request was answered lately, and no run is under way. Of requests it knows those of this
 * server, of runs all.
 */
import { Injectable } from '@nestjs/common';
import { Bustle } from '../platform/bustle.js';
import { LedgerQueries } from './ledger.queries.js';

@Injectable()
export class Calm {
  constructor(
    private readonly queries: LedgerQueries,
    private readonly bustle: Bustle,
  ) {}

  async holds(): Promise<boolean> {
    return this.bustle.isQuiet && !(await this.queries.isRunUnderWay());
  }
}

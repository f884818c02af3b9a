/*
 * Open findings to try a change of routes on: of each severity the latest, with the audit by which each was last moved, for a route may
 * ask for that. Reads only, and few: a service may have a hundred thousand open.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SEVERITIES } from '../domain/drift.js';
import type { OpenFinding } from './hearing.js';

const EACH = 250;

@Injectable()
export class HearingQueries {
  constructor(private readonly database: DataSource) {}

  async some(): Promise<OpenFinding[]> {
    const severities = SEVERITIES.map((_, at) => `$${at + 1}`).join(', ');
    return this.database.query(
      `select id::text, key, kind, severity, host, address, port, owner,
         (select run.audit from finding_event event join run on run.id = event.run_id
          where event.finding_id = one.id order by event.id desc limit 1) as audit
       from unnest(array[${severities}]::text[]) as weight
       cross join lateral (select id, key, kind, severity, host, address, port, owner from finding
         where state = 'open' and severity = weight order by last_seen desc, id desc limit ${EACH}) as one`,
      [...SEVERITIES],
    );
  }
}

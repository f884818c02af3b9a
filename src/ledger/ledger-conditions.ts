/*
 * What is wrong with the ledger, for the health watch: the last check of it does not hold, or could not be brought to its end; and the key
 * that signs its checkpoints can't be used.
 */
import { Injectable } from '@nestjs/common';
import { Conditions } from '../alerts/conditions.js';
import type { Condition } from '../domain/condition.js';
import type { LedgerCheckRow } from './ledger-checks.entities.js';
import { LedgerChecksQueries } from './ledger-checks.queries.js';
import { LedgerKeyService } from './ledger-key.service.js';

@Injectable()
export class LedgerConditions {
  constructor(
    private readonly checks: LedgerChecksQueries,
    private readonly keys: LedgerKeyService,
    conditions: Conditions,
  ) {
    conditions.watch((now) => this.look(now));
  }

  private async look(now: Date): Promise<Condition[]> {
    const last = await this.checks.lastEnded();
    const trouble = await this.keys.trouble();
    return [
      ...(last === null || last.outcome === 'holds' ? [] : [checkCondition(last)]),
      ...(trouble === null
        ? []
        : [
            {
              cause: 'ledger',
              about: 'key',
              since: now,
              why: `it has no new checkpoints: ${trouble}`,
            } as const,
          ]),
    ];
  }
}

function checkCondition({ endedAt, outcome, problem, troubleCount, troubles }: LedgerCheckRow): Condition {
  const more = troubleCount === 1 ? '' : `, and ${troubleCount - 1} more`;
  const why =
    outcome === 'failed'
      ? `the ledger could not be checked: ${problem}`
      : `the ledger does not hold: ${troubles[0]?.says ?? 'something was changed'}${more}`;
  return { cause: 'ledger', about: 'check', since: endedAt!, why };
}

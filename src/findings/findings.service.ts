/*
 * Writes findings, and appends to their history in the same transaction. What moved, and why, comes from the domain.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, Not } from 'typeorm';
import { type Action, act } from '../domain/act.js';
import { type Advanced, expireAll } from '../domain/advance.js';
import type { Finding, FindingEvent } from '../domain/finding.js';
import type { Inventory } from '../domain/inventory.js';
import { noLongerDeclared, orphans } from '../domain/orphans.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FindingEventRow, FindingRow } from './findings.entities.js';

/** Any number that nobody else takes on the same database: 'find' in ASCII. */
const FINDINGS_LOCK = 0x66696e64;

export interface ActedOn {
  readonly done: number;
  readonly refused: ReadonlyArray<{ readonly id: string; readonly why: string }>;
}

@Injectable()
export class FindingsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Every finding that is not over, and those among `keys` that are: what new evidence may move. */
  async forEvidence(rows: EntityManager, keys: readonly string[]): Promise<Map<string, Finding>> {
    // One run at a time: two that see the same drift for the first time would otherwise both begin its history.
    await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
    const alive = await rows.find(FindingRow, {
      where: { state: Not('resolved') },
      lock: { mode: 'pessimistic_write' },
    });
    const over = await rows
      .createQueryBuilder(FindingRow, 'finding')
      .where(`finding.state = 'resolved'`)
      .andWhere('finding.key in (select jsonb_array_elements_text(:keys::jsonb))', {
        keys: JSON.stringify(keys),
      })
      .setLock('pessimistic_write')
      .getMany();
    return new Map([...alive, ...over].map((row) => [row.key, toFinding(row)]));
  }

  /** @param runId null where people have moved them */
  async save(rows: EntityManager, runId: string | null, { changed, events }: Advanced): Promise<void> {
    for (const chunk of chunked(changed))
      await rows.upsert(FindingRow, chunk.map(toRow), { conflictPaths: ['key'] });
    const ids = await this.idsOf(
      rows,
      events.map(({ key }) => key),
    );
    const history = events.map(({ key, at, actor, from, to, why }) => ({
      findingId: ids.get(key)!,
      runId,
      at,
      actor,
      fromState: from,
      toState: to,
      why,
    }));
    for (const chunk of chunked(history)) await rows.insert(FindingEventRow, chunk);
  }

  /**
   * What somebody does to findings, each by itself and all of them together: those that may not be acted on in this way are
   * left as they are, with the reason.
   */
  async act(ids: readonly string[], action: Action, actor: string): Promise<ActedOn> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
      const found = await rows
        .createQueryBuilder(FindingRow, 'finding')
        .where('finding.id in (select text::bigint from jsonb_array_elements_text(:ids::jsonb) as text)', {
          ids: JSON.stringify(ids),
        })
        .orderBy('finding.id')
        .setLock('pessimistic_write')
        .getMany();
      const now = this.clock();
      const changed: Finding[] = [];
      const events: FindingEvent[] = [];
      const refused: Array<{ id: string; why: string }> = [];
      for (const row of found) {
        const acted = act(toFinding(row), action, actor, now);
        if (!acted.ok) {
          refused.push({ id: row.id, why: acted.why });
          continue;
        }
        changed.push(acted.finding);
        events.push(acted.event);
      }
      await this.save(rows, null, { changed, events });
      return { done: changed.length, refused };
    });
  }

  /** Opens again what was accepted until a day that has passed. Returns how many those were. */
  async expire(actor: string): Promise<number> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
      const accepted = await rows.find(FindingRow, { where: { state: 'accepted' } });
      const { changed, events } = expireAll(accepted.map(toFinding), actor, this.clock());
      if (changed.length > 0) await this.save(rows, null, { changed, events });
      return changed.length;
    });
  }

  /** Ends what no audit of the inventory looks at any more. Returns how many those were. */
  async endOrphans(inventory: Inventory, actor: string): Promise<number> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
      const alive = await rows.find(FindingRow, { where: { state: Not('resolved') } });
      const now = this.clock();
      const ended = orphans(alive.map(toFinding), inventory).map((before) =>
        noLongerDeclared(before, actor, now),
      );
      const changed = ended.map(({ finding }) => finding);
      const events = ended.map(({ event }) => event);
      if (changed.length > 0) await this.save(rows, null, { changed, events });
      return changed.length;
    });
  }

  /** What a run did to findings: those that it brought (back) and those that it resolved, by key. */
  async movedBy(runId: string): Promise<{ newKeys: Set<string>; resolvedKeys: Set<string> }> {
    const events = await this.database.getRepository(FindingEventRow).find({
      where: { runId },
      relations: { finding: true },
      order: { id: 'ASC' },
    });
    const newKeys = new Set<string>();
    const resolvedKeys = new Set<string>();
    for (const { finding, fromState, toState } of events) {
      const { key } = finding!;
      if (toState === 'resolved') {
        newKeys.delete(key);
        if (fromState !== 'suspected') resolvedKeys.add(key);
      } else if (fromState === null || fromState === 'resolved') newKeys.add(key);
    }
    return { newKeys, resolvedKeys };
  }

  private async idsOf(rows: EntityManager, keys: readonly string[]): Promise<Map<string, string>> {
    const found = (await rows.query(
      'select id, key from finding where key in (select jsonb_array_elements_text($1::jsonb))',
      [JSON.stringify(keys)],
    )) as Array<{ id: string; key: string }>;
    return new Map(found.map(({ id, key }) => [key, String(id)]));
  }
}

/** A statement takes 65,535 parameters at most (PostgreSQL's protocol counts them in 16 bits). */
function* chunked<T>(list: readonly T[]): Generator<T[]> {
  for (let from = 0; from < list.length; from += 1000) yield list.slice(from, from + 1000);
}

function toFinding({ id: _id, ...finding }: FindingRow): Finding {
  return finding;
}

/** A row without its id: the database gives a new one, and an old one keeps its own. */
function toRow(finding: Finding): Omit<FindingRow, 'id'> {
  return { ...finding };
}

/*
 * Writes findings, and appends to their history in the same transaction. What moved, and why, comes from the domain.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';
import { owns } from '../domain/access.js';
import { type Action, act } from '../domain/act.js';
import { type Advanced, expireAll } from '../domain/advance.js';
import type { Finding, FindingEvent, FindingState } from '../domain/finding.js';
import type { Inventory } from '../domain/inventory.js';
import { noLongerDeclared, orphans } from '../domain/orphans.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { appendEvents, readFindings, writeFindings } from './finding-rows.js';
import { FindingDeed, FindingRow, type Refused } from './findings.entities.js';

/** Any number that nobody else takes on the same database: 'find' in ASCII. */
const FINDINGS_LOCK = 0x66696e64;
/** Named one by one, so that the index of states is used. */
const ALIVE = `state in ('suspected', 'open', 'acknowledged', 'accepted')`;

type OrphanSubject = Pick<Finding, 'key' | 'kind' | 'host' | 'address' | 'port'>;

export interface ActedOn {
  readonly done: number;
  readonly refused: readonly Refused[];
}

/** Who does something to findings. */
export interface Doer {
  readonly by: string;
  /** The owners whose findings they see; null for all. */
  readonly seen: readonly string[] | null;
}

export interface Terms {
  /** Done once, however often it is asked for under this key. */
  readonly deed?: DeedKey & { readonly query: string };
  /** Findings in another state are not meant. */
  readonly only?: FindingState;
  /** The last step that whoever asks has seen of the one finding. */
  readonly step?: string;
}

export type DeedKey = Pick<FindingDeed, 'actor' | 'key'>;

const DEEDS_KEPT_MS = 30 * 86_400_000;

@Injectable()
export class FindingsService {
  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Every finding that is not over, and those among `keys` that are: what new evidence may move. One run at a time: two that
   * see the same drift for the first time would otherwise both begin its history. Whoever writes findings holds this lock,
   * so that no row needs one of its own: that alone would write each of them anew.
   */
  async forEvidence(rows: EntityManager, keys: readonly string[]): Promise<Map<string, Finding>> {
    await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
    const known = new Map<string, Finding>();
    for (const finding of await readFindings(rows, ALIVE)) known.set(finding.key, finding);
    const unknown = keys.filter((key) => !known.has(key));
    const over = 'key in (select jsonb_array_elements_text($1::jsonb))';
    for (const finding of await readFindings(rows, over, [JSON.stringify(unknown)]))
      known.set(finding.key, finding);
    return known;
  }

  /** @param runId null where people have moved them */
  async save(rows: EntityManager, runId: string | null, { changed, events }: Advanced): Promise<void> {
    await writeFindings(rows, changed);
    await appendEvents(rows, runId, events);
  }

  /**
   * What somebody does to findings, each by itself and all of them together: those that may not be acted on in this way are
   * left as they are, with the reason; those that are not theirs to see are not there.
   */
  async act(
    ids: readonly string[],
    action: Action,
    { by, seen }: Doer,
    { deed, step, only }: Terms = {},
  ): Promise<ActedOn> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
      const before = deed && (await rows.findOneBy(FindingDeed, { actor: deed.actor, key: deed.key }));
      if (before) return { done: before.done, refused: before.refused };
      const found = await rows
        .createQueryBuilder(FindingRow, 'finding')
        .where('finding.id in (select text::bigint from jsonb_array_elements_text(:ids::jsonb) as text)', {
          ids: JSON.stringify(ids),
        })
        .orderBy('finding.id')
        .setLock('pessimistic_write')
        .getMany();
      const now = this.clock();
      const theirs = found.filter(
        ({ owner, state }) => owns({ owners: seen }, owner) && (only === undefined || state === only),
      );
      if (step !== undefined) await refuseStale(rows, theirs, step);
      const changed: Finding[] = [];
      const events: FindingEvent[] = [];
      const refused: Refused[] = [];
      for (const row of theirs) {
        const acted = act(toFinding(row), action, by, now);
        if (!acted.ok) {
          refused.push({ id: row.id, why: acted.why });
          continue;
        }
        changed.push(acted.finding);
        events.push(acted.event);
      }
      await this.save(rows, null, { changed, events });
      const done = changed.length;
      if (deed) {
        await rows.insert(FindingDeed, { ...deed, at: now, action, done, refused });
        await rows.delete(FindingDeed, { at: LessThan(new Date(now.getTime() - DEEDS_KEPT_MS)) });
      }
      return { done, refused };
    });
  }

  /** How a deed went; null where whoever asks has done no such thing. */
  async deed({ actor, key }: DeedKey): Promise<FindingDeed | null> {
    return this.database.getRepository(FindingDeed).findOneBy({ actor, key });
  }

  /** Opens again what was accepted until a day that has passed. Returns how many those were. */
  async expire(actor: string): Promise<number> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
      const accepted = await readFindings(rows, `state = 'accepted'`);
      const { changed, events } = expireAll(accepted, actor, this.clock());
      if (changed.length > 0) await this.save(rows, null, { changed, events });
      return changed.length;
    });
  }

  /** Ends what no audit of the inventory looks at any more. Returns how many those were. */
  async endOrphans(inventory: Inventory, actor: string): Promise<number> {
    return this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [FINDINGS_LOCK]);
      // As little of each as tells where it belongs: mostly none of them is an orphan.
      const alive: OrphanSubject[] = await rows.query(
        `select key, kind, host, address, port from finding where ${ALIVE}`,
      );
      const keys = orphans(alive, inventory).map(({ key }) => key);
      if (keys.length === 0) return 0;
      const now = this.clock();
      const among = 'key in (select jsonb_array_elements_text($1::jsonb)) order by id';
      const orphaned = await readFindings(rows, among, [JSON.stringify(keys)]);
      const ended = orphaned.map((before) => noLongerDeclared(before, actor, now));
      const changed = ended.map(({ finding }) => finding);
      const events = ended.map(({ event }) => event);
      await this.save(rows, null, { changed, events });
      return changed.length;
    });
  }

  /** What a run did to findings: those that it brought (back) and those that it resolved, by key. */
  async movedBy(runId: string): Promise<{ newKeys: Set<string>; resolvedKeys: Set<string> }> {
    const events = (await this.database.query(
      `select finding.key, event.from_state as "fromState", event.to_state as "toState"
       from finding_event event join finding on finding.id = event.finding_id
       where event.run_id = $1 order by event.id`,
      [runId],
    )) as Array<{ key: string; fromState: FindingState | null; toState: FindingState }>;
    const newKeys = new Set<string>();
    const resolvedKeys = new Set<string>();
    for (const { key, fromState, toState } of events) {
      if (toState === 'resolved') {
        newKeys.delete(key);
        if (fromState !== 'suspected') resolvedKeys.add(key);
      } else if (fromState === null || fromState === 'resolved') newKeys.add(key);
    }
    return { newKeys, resolvedKeys };
  }
}

async function refuseStale(rows: EntityManager, found: readonly FindingRow[], step: string): Promise<void> {
  const [last] = (await rows.query(
    `select max(id)::text as id from finding_event where finding_id in (select text::bigint from jsonb_array_elements_text($1::jsonb) as text)`,
    [JSON.stringify(found.map(({ id }) => id))],
  )) as [{ id: string | null }];
  if (found.length > 0 && last.id !== step)
    throw new Refusal('stale', `finding ${found[0]!.id} has moved since you looked at it; look again`);
}

function toFinding({ id: _id, ...finding }: FindingRow): Finding {
  return finding;
}

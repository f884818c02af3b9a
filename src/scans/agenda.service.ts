/*
 * Every write to what the scheduler remembers: an audit's slots are dealt with in one transaction, so that a run of the
 * latest one and the words on the others come together or not at all, however many servers tick.
 *
 * Most ticks find nothing to do. What they need is read for all audits at once, and only where a slot has come is an
 * audit's agenda locked and read again. A server that has not yet read the newest inventory leaves what it finds to others:
 * else it would take the new schedule for one that its own replaces.
 */
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AgendaFacts, decideSlots, type Skipped, skipSlots, startOf } from '../domain/agenda.js';
import type { Audit } from '../domain/inventory.js';
import { scheduleKey, scheduleOfKey } from '../domain/schedule.js';
import { InventoryService, type VersionedInventory } from '../inventory/inventory.service.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { Refusal } from '../platform/refusal.js';
import { AgendaRow, SkippedSlots } from './agenda.entities.js';
import { ScansService } from './scans.service.js';

/** What is known of an audit's runs. */
interface Runs {
  /** Since when one of them is going; null while none is. */
  readonly goingFrom: Date | null;
  readonly lastDue: Date | null;
  readonly lastRun: AgendaFacts['lastRun'];
}

export interface Pause {
  readonly since: Date;
  readonly by: string;
  readonly why: string | null;
}

/** Throws where that is not what whoever asks has seen; null is not paused. */
export type RefusePause = (found: Pause | null) => void;

/** More than any change of a clock that is meant; a slot that has its run gets no other, whatever is remembered. */
const FAR_AHEAD_MS = 2 * 86_400_000;

const NO_RUNS: Runs = { goingFrom: null, lastDue: null, lastRun: null };

@Injectable()
export class AgendaService {
  /** The version of the inventory by which audits were forgotten last. */
  private tidied = '';

  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
    private readonly scans: ScansService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Deals with the slots of these audits that have come by now; returns how many runs were made. */
  async work(current: VersionedInventory, audits: readonly Audit[], vantage: string): Promise<number> {
    await this.forget(current, audits);
    if (audits.length === 0) return 0;
    const names = audits.map(({ name }) => name);
    const agendas = await agendasOf(this.database.manager, names);
    const runs = await runsOf(this.database.manager, names);
    let made = 0;
    for (const audit of audits) {
      const facts = this.facts(current, audit, agendas.get(audit.name), runs.get(audit.name));
      const { dueAt, skipped, isOldWaiting } = decideSlots(facts);
      const isWritten = isOldWaiting || agendas.get(audit.name)?.schedule === scheduleKey(audit.schedule!);
      if (dueAt === null && skipped.length === 0 && isWritten) continue;
      if (await this.decide(current, audit, vantage)) made++;
    }
    return made;
  }

  /** When the latest slot of each audit should have begun that is not dealt with, and is to run; others are left out. */
  async waiting(current: VersionedInventory, audits: readonly Audit[]): Promise<Map<string, Date>> {
    const names = audits.map(({ name }) => name);
    const agendas = await agendasOf(this.database.manager, names);
    const runs = await runsOf(this.database.manager, names);
    const waiting = new Map<string, Date>();
    for (const audit of audits) {
      const facts = this.facts(current, audit, agendas.get(audit.name), runs.get(audit.name));
      // What waits for a run's end will run late, also where nothing else is caught up with.
      const catchUp = facts.isGoing ? 'once' : audit.catchUp;
      const { dueAt } = decideSlots({ ...facts, isGoing: false, audit: { ...audit, catchUp } });
      if (dueAt) waiting.set(audit.name, startOf(audit, dueAt));
    }
    return waiting;
  }

  /**
   * An audit that left the inventory, or runs by itself no more, promises nothing from then on: if it comes back, its slots
   * begin anew. Those that had come by then, and waited, are skipped.
   */
  private async forget(current: VersionedInventory, audits: readonly Audit[]): Promise<void> {
    if (this.tidied === current.id) return;
    const left = (await this.database.query(
      'select audit from agenda where audit not in (select jsonb_array_elements_text($1::jsonb))',
      [JSON.stringify(audits.map(({ name }) => name))],
    )) as Array<{ audit: string }>;
    for (const { audit } of left) {
      const skipped = await this.database.transaction((rows) => this.end(rows, current, audit));
      for (const one of skipped) this.scans.told.skipped(audit, one);
    }
    this.tidied = current.id;
  }

  private async end(rows: EntityManager, current: VersionedInventory, audit: string): Promise<Skipped[]> {
    await this.scans.lockAudit(rows, audit);
    const agenda = (await agendasOf(rows, [audit])).get(audit);
    if (!agenda || !(await this.inventory.isCurrent(rows, current))) return [];
    const { goingFrom, lastRun } = (await runsOf(rows, [audit])).get(audit) ?? NO_RUNS;
    const until = this.begunAt(current);
    const facts = {
      audit: { name: audit },
      windows: current.inventory.windows,
      judgedTo: agenda.judgedTo,
      paused: pauseOf(agenda),
      lastRun: goingFrom ? { from: goingFrom, until } : lastRun,
    };
    const schedule = scheduleOfKey(agenda.schedule);
    const skipped = schedule ? skipSlots(facts, { schedule, until }) : [];
    await this.note(rows, audit, skipped);
    await rows.delete(AgendaRow, { audit });
    return skipped;
  }

  /** Null where it is not paused. Throws Refusal where it does not run by itself. */
  async paused(audit: string): Promise<Pause | null> {
    return pausedOf(await this.found(this.database.manager, audit));
  }

  /** @param refuse throws where it is not what whoever asks has seen */
  async pause(audit: string, by: string, why: string | null, refuse?: RefusePause): Promise<void> {
    await this.change(audit, { pausedAt: this.clock(), pausedBy: by, pausedWhy: why }, refuse);
  }

  /** From now on its slots run again; those that have come meanwhile are among the skipped. */
  async resume(audit: string, refuse?: RefusePause): Promise<void> {
    await this.change(audit, { pausedAt: null, pausedBy: null, pausedWhy: null }, refuse);
  }

  private async change(audit: string, changes: Partial<AgendaRow>, refuse?: RefusePause): Promise<void> {
    await this.database.transaction(async (rows) => {
      await this.scans.lockAudit(rows, audit);
      const found = await this.found(rows, audit);
      refuse?.(pausedOf(found));
      await rows.update(AgendaRow, { audit }, changes);
    });
  }

  private async found(rows: EntityManager, audit: string): Promise<AgendaRow> {
    const agenda = await rows.findOneBy(AgendaRow, { audit });
    if (!agenda) throw new Refusal('not-found', `there is no audit '${audit}' that runs by itself here`);
    return agenda;
  }

  /** Reads again what the decision rests on, with the audit locked, and carries it out. */
  private async decide(current: VersionedInventory, audit: Audit, vantage: string): Promise<boolean> {
    const done = await this.database.transaction(async (rows) => {
      await this.scans.lockAudit(rows, audit.name);
      if (!(await this.inventory.isCurrent(rows, current))) return { skipped: [], made: null };
      const agenda = (await agendasOf(rows, [audit.name])).get(audit.name);
      const facts = this.facts(current, audit, agenda, (await runsOf(rows, [audit.name])).get(audit.name));
      const { dueAt, skipped, judgedTo, isOldWaiting } = decideSlots(facts);
      if (isOldWaiting) return { skipped, made: null };
      await this.note(rows, audit.name, skipped);
      await rows.query(
        `insert into agenda (audit, schedule, judged_to) values ($1, $2, $3)
         on conflict on constraint agenda_pk do update set schedule = excluded.schedule, judged_to = excluded.judged_to`,
        [audit.name, scheduleKey(audit.schedule!), judgedTo],
      );
      if (dueAt === null) return { skipped, made: null };
      const slot = { audit: audit.name, dueAt, trigger: 'schedule' as const, vantage };
      const id = await this.scans.addRun(rows, { ...slot, inventoryVersionId: current.id });
      return { skipped, made: id && { id, slot } };
    });
    for (const skipped of done.skipped) this.scans.told.skipped(audit.name, skipped);
    if (done.made) this.scans.told.made(done.made.id, done.made.slot);
    return done.made !== null;
  }

  private facts(
    current: VersionedInventory,
    audit: Audit,
    agenda: AgendaRow | undefined,
    { goingFrom, lastDue, lastRun }: Runs = NO_RUNS,
  ): AgendaFacts {
    const now = this.clock();
    const begunAt = this.begunAt(current);
    const isSame = agenda?.schedule === scheduleKey(audit.schedule!);
    const isLeft = agenda !== undefined && !isSame && agenda.judgedTo < begunAt;
    const replaced = isLeft ? scheduleOfKey(agenda.schedule) : null;
    // A schedule's slots begin when it was loaded: those before it were never anybody's promise.
    const known = agenda?.judgedTo ?? lastDue;
    const since = known && (isSame || replaced || known > begunAt) ? known : begunAt;
    return {
      audit,
      windows: current.inventory.windows,
      now,
      // A clock that was far ahead once must not keep the audit from running until then.
      judgedTo: since.getTime() > now.getTime() + FAR_AHEAD_MS ? now : since,
      replaced: replaced && { schedule: replaced, until: begunAt },
      paused: agenda ? pauseOf(agenda) : null,
      isGoing: goingFrom !== null,
      lastRun,
    };
  }

  /** When its schedules began: a clock that was ahead when it was loaded, and was set back, has begun them by now. */
  private begunAt({ loadedAt }: VersionedInventory): Date {
    return new Date(Math.min(loadedAt.getTime(), this.clock().getTime()));
  }

  /** Slots that go on where the last entry ends, for the same reason, lengthen it: a pause of a month is one row. */
  private async note(rows: EntityManager, audit: string, skipped: readonly Skipped[]): Promise<void> {
    const notedAt = this.clock();
    for (const { first, last, slots, isAtLeast, why, detail } of skipped) {
      const [before] = await rows.find(SkippedSlots, { where: { audit }, order: { id: 'DESC' }, take: 1 });
      const goesOn =
        before?.why === why && before.detail === detail && !(await hasRunSince(rows, audit, before.lastDue));
      if (goesOn)
        await rows.update(
          SkippedSlots,
          { id: before.id },
          { lastDue: last, slots: before.slots + slots, isAtLeast: before.isAtLeast || isAtLeast, notedAt },
        );
      else
        await rows.insert(SkippedSlots, {
          audit,
          firstDue: first,
          lastDue: last,
          slots,
          isAtLeast,
          why,
          detail,
          notedAt,
        });
    }
  }
}

const pausedOf = ({ pausedAt, pausedBy, pausedWhy }: AgendaRow): Pause | null =>
  pausedAt && { since: pausedAt, by: pausedBy!, why: pausedWhy };

const pauseOf = ({ pausedAt, pausedBy }: AgendaRow): AgendaFacts['paused'] =>
  pausedAt && { by: pausedBy!, since: pausedAt };

async function hasRunSince(rows: EntityManager, audit: string, since: Date): Promise<boolean> {
  const found = await rows.query(
    `select from run where audit = $1 and due_at > $2 and trigger = 'schedule' limit 1`,
    [audit, since],
  );
  return found.length > 0;
}

async function agendasOf(rows: EntityManager, audits: readonly string[]): Promise<Map<string, AgendaRow>> {
  const found = await rows
    .createQueryBuilder(AgendaRow, 'agenda')
    .where('agenda.audit in (select jsonb_array_elements_text(:audits::jsonb))', {
      audits: JSON.stringify(audits),
    })
    .getMany();
  return new Map(found.map((row) => [row.audit, row]));
}

async function runsOf(rows: EntityManager, audits: readonly string[]): Promise<Map<string, Runs>> {
  const found = (await rows.query(
    `select named.audit, least(last.started_at, last.due_at) as last_from, last.finished_at as last_until,
       (select max(due_at) from run where run.audit = named.audit and run.trigger = 'schedule') as last_due,
       (select min(least(started_at, due_at)) from run where run.audit = named.audit
         and run.state not in ('compared', 'finished')) as going_from
     from jsonb_array_elements_text($1::jsonb) as named (audit)
     left join lateral (select * from run where run.audit = named.audit and run.state in ('compared', 'finished')
       order by run.id desc limit 1) as last on true`,
    [JSON.stringify(audits)],
  )) as Array<{
    audit: string;
    last_from: Date | null;
    last_until: Date | null;
    last_due: Date | null;
    going_from: Date | null;
  }>;
  return new Map(
    found.map(({ audit, last_from: from, last_until: until, last_due: due, going_from: going }) => [
      audit,
      {
        goingFrom: going && new Date(going),
        lastDue: due && new Date(due),
        lastRun: from && until ? { from: new Date(from), until: new Date(until) } : null,
      },
    ]),
  );
}

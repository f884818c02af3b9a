/*
 * Keeps the inventory's versions, and hands out the parsed inventory of one of them. A file that is not valid is
 * refused whole: the service goes on with the version that it had.
 *
 * A new version comes by the service's own start, or because somebody applies it, also an old one anew. What says the same
 * as the current version makes no new one. The trap is two people at once: whoever applies says which version it was made
 * from, and is refused with the difference where another has come since.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';
import type { Inventory } from '../domain/inventory.js';
import { type Change, diffInventories } from '../domain/inventory-diff.js';
import { formatProblem, parseInventory, type Source } from '../domain/inventory-file.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { LOGGER } from '../platform/log.js';
import { Refusal } from '../platform/refusal.js';
import { InventoryVersion } from './inventory.entities.js';
import { readInventoryFolder, sha256Of } from './inventory-folder.js';

export interface VersionedInventory {
  readonly id: string;
  readonly path: string;
  readonly sha256: string;
  readonly loadedAt: Date;
  readonly inventory: Inventory;
}

/** An inventory as it was read from its files. */
export interface InventoryText {
  readonly path: string;
  readonly sha256: string;
  readonly sources: readonly Source[];
}

export interface InventoryPlan {
  /** The version that is in force, null before the first one. */
  readonly base: string | null;
  readonly changes: readonly Change[];
}

export interface ApplyTerms {
  readonly by: string;
  readonly note: string | null;
  /** The version that it was made from, '0' where there was none; null where nobody has said. */
  readonly base: string | null;
}

export interface Applied extends InventoryPlan {
  /** The version that is in force now. */
  readonly version: string;
}

/** A version with its texts. */
export type VersionTexts = Readonly<InventoryVersion>;

/** A version without its texts. */
export type VersionRow = Omit<InventoryVersion, 'sources'>;

/** Any number that nobody else takes on the same database: 'inve' in ASCII. */
const VERSIONS_LOCK = 0x696e7665;
const DIFFERENCES_SHOWN = 20;
const NONE = '0';
/** The one in force, and one that it is compared with. */
const TEXTS_KEPT = 2;

@Injectable()
export class InventoryService {
  /** The last version asked for, parsed: a run asks for the same one again and again. */
  private parsed: VersionedInventory | null = null;
  /** The texts that pages ask for again and again: a version never changes, and some are megabytes long. */
  private readonly kept = new Map<string, VersionTexts>();

  constructor(
    private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Reads a file or folder and makes it the current version, unless it already was: where somebody has applied another one
   * since, a restart with the same file does not take that back.
   */
  async load(path: string): Promise<VersionedInventory> {
    const text = { path, ...(await readInventoryFolder(path)) };
    inventoryOf(text);
    const { row, isNew } = await this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [VERSIONS_LOCK]);
      const latest = await latestOf(rows);
      const read = await rows.findOne(InventoryVersion, {
        where: { appliedBy: IsNull() },
        order: { id: 'DESC' },
      });
      if (latest && read && read.sha256 === text.sha256 && read.path === path)
        return { row: latest, isNew: false };
      return { row: await this.add(rows, text, null, null), isNew: true };
    });
    if (isNew) this.tell(row.id, null);
    return this.parse(row);
  }

  /** What applying it would change. */
  async plan(text: InventoryText): Promise<InventoryPlan> {
    const current = await this.current();
    return {
      base: current?.id ?? null,
      changes: diffInventories(current?.inventory ?? null, inventoryOf(text)),
    };
  }

  /** Makes it the current version. */
  async apply(given: InventoryText, { by, note, base }: ApplyTerms): Promise<Applied> {
    const inventory = inventoryOf(given);
    // What stands in reports is our own word, and not that of whoever sends it.
    const text = { ...given, sha256: sha256Of(given) };
    const applied = await this.database.transaction(async (rows) => {
      await rows.query('select pg_advisory_xact_lock($1)', [VERSIONS_LOCK]);
      const latest = await latestOf(rows);
      const current = latest && this.parse(latest);
      if (base !== null && current && current.id !== base) throw await this.outdated(rows, base, current);
      const changes = diffInventories(current?.inventory ?? null, inventory);
      if (current && changes.length === 0) return { base: current.id, changes, version: current.id };
      const { id } = await this.add(rows, text, by, note);
      return { base: current?.id ?? null, changes, version: id };
    });
    if (applied.version !== applied.base) this.tell(applied.version, by);
    return applied;
  }

  /** Brings an old version back, as a new one: history only grows. */
  async restore(version: string, { by, note, base }: ApplyTerms): Promise<Applied> {
    const { path, sha256, sources } = await this.row(this.database.manager, version);
    const why = `version ${version} again${note === null ? '' : `: ${note}`}`;
    return this.apply({ path, sources, sha256 }, { by, note: why, base });
  }

  /** The newest first. */
  async versions(): Promise<VersionRow[]> {
    return this.database.getRepository(InventoryVersion).find({
      select: { id: true, path: true, sha256: true, loadedAt: true, appliedBy: true, note: true },
      order: { id: 'DESC' },
      take: 200,
    });
  }

  /** The version that new runs work by; null before the first one was loaded. */
  async current(): Promise<VersionedInventory | null> {
    const id = await this.latestId();
    return id === null ? null : this.version(id);
  }

  /** The files of a version as they were read, the current one's where none is named; null before the first. */
  async texts(id: string | null): Promise<VersionTexts | null> {
    const wanted = id ?? (await this.latestId());
    if (wanted === null) return null;
    const before = this.kept.get(wanted);
    if (before) return before;
    const row = await this.row(this.database.manager, wanted);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= TEXTS_KEPT && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(wanted, row);
    return row;
  }

  /** Is it still the current one? For whoever decides by it, in a transaction of their own. */
  async isCurrent(rows: EntityManager, { id }: Pick<VersionedInventory, 'id'>): Promise<boolean> {
    return !(await rows.existsBy(InventoryVersion, { id: MoreThan(id) }));
  }

  async version(id: string): Promise<VersionedInventory> {
    if (this.parsed?.id === id) return this.parsed;
    return this.parse(await this.database.getRepository(InventoryVersion).findOneByOrFail({ id }));
  }

  /** The id alone: this is asked several times a second, and the text is long. */
  private async latestId(): Promise<string | null> {
    const [latest] = await this.database
      .getRepository(InventoryVersion)
      .find({ select: { id: true }, order: { id: 'DESC' }, take: 1 });
    return latest?.id ?? null;
  }

  /** @param by null where the service read it by itself, at its start */
  private tell(version: string, by: string | null): void {
    this.log.info({ version, by }, 'an inventory was applied');
  }

  private async row(rows: EntityManager, id: string): Promise<InventoryVersion> {
    const row = /^\d{1,18}$/.test(id) ? await rows.findOneBy(InventoryVersion, { id }) : null;
    if (!row) throw new Refusal('not-found', `there is no version ${id} of the inventory`);
    return row;
  }

  private async add(
    rows: EntityManager,
    { path, sha256, sources }: InventoryText,
    appliedBy: string | null,
    note: string | null,
  ): Promise<InventoryVersion> {
    const row = { path, sha256, sources: [...sources], loadedAt: this.clock(), appliedBy, note };
    return rows.save(rows.create(InventoryVersion, row));
  }

  private async outdated(rows: EntityManager, base: string, current: VersionedInventory): Promise<Refusal> {
    const before = base === NONE ? null : inventoryOf(await this.row(rows, base));
    const since = diffInventories(before, current.inventory);
    const lines = since.slice(0, DIFFERENCES_SHOWN).map(changeLine);
    if (since.length > lines.length) lines.push(`and ${since.length - lines.length} more`);
    return new Refusal(
      'stale',
      `version ${current.id} has come since ${base === NONE ? 'there was none' : `version ${base}`}, from which this was made; look at what has changed, and plan again\n${lines.join('\n')}`,
    );
  }

  private parse(row: InventoryVersion): VersionedInventory {
    if (this.parsed?.id === row.id) return this.parsed;
    const { id, path, sha256, loadedAt, sources } = row;
    const read = parseInventory(sources);
    if (!read.ok)
      throw new Error(
        `inventory version ${id} was valid when it was kept: ${read.problems.map(formatProblem)}`,
      );
    this.parsed = { id, path, sha256, loadedAt, inventory: read.inventory };
    return this.parsed;
  }
}

async function latestOf(rows: EntityManager): Promise<InventoryVersion | null> {
  const [latest] = await rows.find(InventoryVersion, { order: { id: 'DESC' }, take: 1 });
  return latest ?? null;
}

/** Throws Refusal with every problem on a line of its own. */
function inventoryOf({ sources }: Pick<InventoryText, 'sources'>): Inventory {
  const read = parseInventory(sources);
  if (!read.ok) throw new Refusal('bad-input', read.problems.map(formatProblem).join('\n'));
  return read.inventory;
}

/** `~ port 443 of host web-1: expect open → expect filtered` */
export function changeLine({ change, what, before, after }: Change): string {
  if (change === 'added') return `+ ${what}${after ? `: ${after}` : ''}`;
  if (change === 'removed') return `- ${what}${before ? `: ${before}` : ''}`;
  return `~ ${what}: ${before} → ${after}`;
}

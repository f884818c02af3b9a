/*
 * Reads inventories without keeping the service waiting: the text of ten thousand hosts takes seconds to read, in which nobody would
 * be given a page. A large one is read, compared and edited by a thread of its own, which goes when nobody has asked it for a
 * while, and its memory with it. A small one is read at once.
 *
 * The thread runs in compiled form only: where there is none, a large inventory is read here too.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { PortFinding, PortSeen } from '../domain/foresee.js';
import type { Change } from '../domain/inventory-diff.js';
import type { Edit, EditedSources } from '../domain/inventory-edit.js';
import type { FileContent } from '../domain/inventory-entries.js';
import type { ParsedInventory, Problem, Source } from '../domain/inventory-file.js';
import { pause } from '../platform/loop.js';
import { PROJECT_ROOT } from '../platform/project-root.js';
import { Thread } from '../platform/thread.js';
import { type Compared, InventoryDesk, type Outlook, type Pair } from './inventory-desk.js';
import { unpackInventory } from './inventory-parcel.js';

type Sources = readonly Source[];

export type Question =
  | { readonly ask: 'check' | 'parts' | 'values'; readonly sources: Sources }
  | { readonly ask: 'edit'; readonly sources: Sources; readonly edits: readonly Edit[] }
  | { readonly ask: 'compare'; readonly pair: Pair; readonly isFar: boolean }
  | {
      readonly ask: 'outlook';
      readonly pair: Pair;
      readonly found: readonly PortFinding[];
      readonly seen: readonly PortSeen[];
    };

/** Characters: some hundred hosts, and a tenth of a second. */
const LARGE = 24_000;
const IDLE_MS = 60_000;
const THREAD = join(PROJECT_ROOT, 'dist/src/inventory/inventory-worker.js');

export interface Checked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

@Injectable()
export class InventoryReader implements OnApplicationShutdown {
  private readonly desk = new InventoryDesk();
  private thread: Thread<Question, unknown> | null = null;
  /** Questions that wait for an answer. */
  private open = 0;
  /** Ends the wait for nobody to ask any more. */
  private idle = new AbortController();

  async parse(sources: Sources): Promise<ParsedInventory> {
    if (isSmall(sources)) return this.desk.parse(sources);
    const { problems, warnings } = await this.check(sources);
    if (problems.length > 0) return { ok: false, problems };
    const parts = await this.ask<Uint8Array[]>({ ask: 'parts', sources });
    return { ok: true, inventory: await unpackInventory(parts), warnings };
  }

  async check(sources: Sources): Promise<Checked> {
    if (!isSmall(sources)) return this.ask({ ask: 'check', sources });
    const read = this.desk.parse(sources);
    return read.ok ? { problems: [], warnings: read.warnings } : { problems: read.problems, warnings: [] };
  }

  async edit(sources: Sources, edits: readonly Edit[]): Promise<EditedSources> {
    return isSmall(sources) ? this.desk.edit(sources, edits) : this.ask({ ask: 'edit', sources, edits });
  }

  /** What another text would change, with what is needed to foresee findings. */
  async compare(pair: Pair): Promise<Compared> {
    return this.compared(pair, true);
  }

  /** What a text that is sound changes. */
  async changes(pair: Pair): Promise<readonly Change[]> {
    return (await this.compared(pair, false)).changes;
  }

  /** What it changes, or what is wrong with it. */
  async judge(pair: Pair): Promise<Pick<Compared, 'problems' | 'changes'>> {
    return this.compared(pair, false);
  }

  async outlook<T extends PortFinding>(
    pair: Pair,
    found: readonly T[],
    seen: readonly PortSeen[],
  ): Promise<Outlook<T>> {
    if (isSmallPair(pair)) return this.desk.outlook(pair, found, seen);
    return this.ask({ ask: 'outlook', pair, found, seen });
  }

  async values(sources: Sources): Promise<FileContent[]> {
    return isSmall(sources) ? this.desk.values(sources) : this.ask({ ask: 'values', sources });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.end();
  }

  private async compared(pair: Pair, isFar: boolean): Promise<Compared> {
    return isSmallPair(pair) ? this.desk.compare(pair, isFar) : this.ask({ ask: 'compare', pair, isFar });
  }

  private async ask<Out>(question: Question): Promise<Out> {
    this.idle.abort();
    this.thread ??= new Thread<Question, unknown>(THREAD, null);
    const asked = this.thread;
    this.open++;
    try {
      return (await asked.ask(question)) as Out;
    } catch (error) {
      // It may be full, or gone: the next question is for another one.
      if (this.thread === asked) await this.end();
      throw error;
    } finally {
      this.open--;
      if (this.open === 0 && this.thread !== null) void this.endWhenIdle();
    }
  }

  private async endWhenIdle(): Promise<void> {
    this.idle = new AbortController();
    const { signal } = this.idle;
    await pause(IDLE_MS, signal);
    if (!signal.aborted) await this.end();
  }

  private async end(): Promise<void> {
    this.idle.abort();
    const { thread } = this;
    this.thread = null;
    await thread?.end();
  }
}

const isSmall = (sources: Sources): boolean =>
  sources.reduce((sum, { text }) => sum + text.length, 0) < LARGE || !existsSync(THREAD);

const isSmallPair = ({ before, after }: Pair): boolean =>
  isSmall(after) && (before === null || isSmall(before));

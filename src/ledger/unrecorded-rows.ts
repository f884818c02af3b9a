/*
 * What is not recorded: how much waits for it, and what does not even wait. Tables are gone through a piece at a time, so that no
 * statement is a long one.
 */
import { Injectable } from '@nestjs/common';
import type { SourceBefore } from './ledger.queries.js';
import type { LedgerTrouble } from './ledger-trouble.js';
import { BEFORE_ALL, RecordedRows } from './recorded-rows.queries.js';
import { SOURCES, type Source } from './sources.js';

const COUNTED_MOST = 10_000;
const NAMED_MOST = 20;

export interface Unrecorded {
  /** Of each source no more than some thousands are counted. */
  readonly waiting: number;
  readonly troubles: LedgerTrouble[];
}

@Injectable()
export class UnrecordedRows {
  constructor(private readonly recorded: RecordedRows) {}

  /** @param at how far each source is */
  async look(at: ReadonlyMap<string, SourceBefore>): Promise<Unrecorded> {
    const troubles: LedgerTrouble[] = [];
    for (const source of SOURCES.filter(({ by }) => by === 'end')) {
      const strangers = await this.strangers(source);
      if (strangers.length > 0) troubles.push(strangersOf(source.name, strangers));
    }
    return { waiting: await this.waiting(at), troubles };
  }

  async waiting(at: ReadonlyMap<string, SourceBefore>): Promise<number> {
    let waiting = 0;
    for (const source of SOURCES) {
      const last = at.get(source.name)?.last ?? BEFORE_ALL;
      waiting +=
        source.by === 'id'
          ? await this.recorded.countAfter(source, last, COUNTED_MOST)
          : await this.recorded.countDue(source);
    }
    return waiting;
  }

  /** Final rows that nobody has noted, as only whoever switches triggers off can have them. */
  private async strangers(source: Source): Promise<string[]> {
    const found: string[] = [];
    for (let after: string | null = BEFORE_ALL; after !== null && found.length < NAMED_MOST; ) {
      const { strangers, last } = await this.recorded.unnoted(source, after);
      found.push(...strangers);
      after = last;
    }
    return found.slice(0, NAMED_MOST);
  }
}

const strangersOf = (source: string, added: string[]): LedgerTrouble => ({
  ...{ what: 'rows', entry: null, source, altered: [], missing: [], added },
  says: `${source}: never recorded: ${added.join(', ')}`,
});

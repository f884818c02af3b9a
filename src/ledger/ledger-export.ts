/*
 * The chain as a file: an entry a line, in its order, up to the last checkpoint, which is the last line. Read as it is taken, some
 * hundred entries at a time. What was recorded since is not in it: whoever wants it makes a checkpoint first.
 */
import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { lineOf } from '../domain/ledger.js';
import { CheckpointsService } from './checkpoints.service.js';
import { LedgerQueries } from './ledger.queries.js';

const ENTRIES_AT_ONCE = 500;

@Injectable()
export class LedgerExport {
  constructor(
    private readonly queries: LedgerQueries,
    private readonly checkpoints: CheckpointsService,
  ) {}

  async file(): Promise<StreamableFile> {
    return new StreamableFile(Readable.from(this.lines()), {
      type: 'application/jsonl; charset=utf-8',
      disposition: 'attachment; filename="portolan-ledger.jsonl"',
    });
  }

  /** Where there is no checkpoint, all that there is. */
  async *lines(): AsyncGenerator<string> {
    const checkpoint = await this.checkpoints.latest();
    const upTo = checkpoint?.seq ?? Number.POSITIVE_INFINITY;
    for (let last = 0; last < upTo; ) {
      const most = Math.min(ENTRIES_AT_ONCE, upTo - last);
      const entries = await this.queries.after(last, most);
      const within = entries.filter(({ seq }) => seq <= upTo);
      if (within.length === 0) break;
      yield within.map((entry) => `${lineOf(entry)}\n`).join('');
      last = within.at(-1)!.seq;
    }
    if (checkpoint) yield `${JSON.stringify(checkpoint)}\n`;
  }
}

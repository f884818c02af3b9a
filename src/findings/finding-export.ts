/*
 * Findings as a file: all that a filter chooses, in the order of the list. Which they are is asked once, and the rows are read as
 * the file is taken, some hundred at a time: a hundred thousand of them never stand in memory together.
 */
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { advise } from '../domain/advice.js';
import { csvLine } from '../domain/csv.js';
import { type FindingAnswer, findingAnswer } from './finding-answers.js';
import type { Asked } from './finding-filter.js';
import { FindingLists } from './finding-lists.queries.js';
import { FindingsQueries } from './findings.queries.js';

const ROWS_AT_ONCE = 500;

export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const COLUMNS = [
  ...(['id', 'severity', 'kind', 'host', 'address', 'port', 'declared', 'observed', 'service'] as const),
  ...(['owner', 'state', 'assignee', 'acceptedUntil', 'acceptedBy', 'firstSeen', 'lastSeen'] as const),
  ...(['openedAt', 'dueAt', 'reopened', 'evidence', 'advice'] as const),
] as const satisfies ReadonlyArray<keyof Exported>;

type Exported = FindingAnswer & {
  readonly acceptedBy: string | null;
  readonly evidence: string;
  readonly advice: string;
};

@Injectable()
export class FindingExport {
  constructor(
    private readonly lists: FindingLists,
    private readonly queries: FindingsQueries,
  ) {}

  async stream({ filter, order }: Pick<Asked, 'filter' | 'order'>, format: ExportFormat): Promise<Readable> {
    const ids = await this.lists.ids(filter, order);
    const rows = this.rows(ids);
    return Readable.from(format === 'csv' ? csvOf(rows) : jsonOf(rows));
  }

  private async *rows(ids: readonly string[]): AsyncGenerator<Exported[]> {
    const { deadlines } = await this.queries.around();
    for (let from = 0; from < ids.length; from += ROWS_AT_ONCE) {
      const findings = await this.queries.whole(ids.slice(from, from + ROWS_AT_ONCE));
      yield findings.map((finding) => ({
        ...findingAnswer(finding, deadlines),
        acceptedBy: finding.acceptedBy,
        evidence: finding.evidence,
        advice: advise(finding),
      }));
    }
  }
}

async function* csvOf(parts: AsyncIterable<readonly Exported[]>): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  for await (const rows of parts)
    yield rows.map((row) => csvLine(COLUMNS.map((column) => row[column]))).join('');
}

async function* jsonOf(parts: AsyncIterable<readonly Exported[]>): AsyncGenerator<string> {
  yield '{"findings":[';
  let separator = '\n';
  for await (const rows of parts) {
    yield separator + rows.map((row) => JSON.stringify(row)).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}

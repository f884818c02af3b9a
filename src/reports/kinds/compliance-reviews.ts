/*
 * Reviews as pages show them: who has signed which list for whom, how much of what is declared that reviews, and what it does not say.
 * Pure.
 */
import type {
  ComplianceSnapshot,
  ReviewEvidence,
  ServiceEvidence,
} from '../../domain/report/compliance/compliance.js';
import type { Block, Cell, CellKind } from '../drawing/document.js';
import type { Values, Words } from '../drawing/words.js';
import { dayText, evidenceTable, minuteText } from './evidence-blocks.js';

const columnIn =
  (words: Words) =>
  (key: string, cell: CellKind): { label: string; cell: CellKind } => ({
    label: words.say(`compliance.reviews.${key}`),
    cell,
  });

/** Where none is recorded that is said, as what it is. */
export function reviewBlocks(snapshot: ComplianceSnapshot, words: Words): Block[] {
  const { reviews } = snapshot;
  const none = words.say('compliance.reviews.none');
  const covered = coveredBlocks(snapshot, words);
  if (reviews.total === 0) return [{ block: 'text', text: none, tone: 'plain' }, ...covered];
  const column = columnIn(words);
  const table = evidenceTable(
    reviews,
    words,
    {
      columns: [
        ...[column('at', 'when'), column('by', 'text'), column('of', 'text'), column('list', 'when')],
        ...[column('covers', 'text'), column('comment', 'text')],
      ],
      empty: none,
    },
    (row) => [minuteText(row.at), row.by, row.of, listCell(row, words), coversText(row, words), row.comment],
  );
  return [...table, ...covered];
}

function listCell({ report, listMadeAt }: ReviewEvidence, words: Words): Cell {
  if (report === undefined || listMadeAt === undefined) return null;
  return { text: dayText(listMadeAt), small: words.say('compliance.reviews.list-of', { report }) };
}

function coversText({ listed, covers = 0 }: ReviewEvidence, words: Words): string {
  if (listed === null) return words.say('compliance.reviews.gone');
  return words.number(covers);
}

/** How much of all was reviewed, and what that does not say. Nothing where no signature was looked for. */
function coveredBlocks({ tallies }: ComplianceSnapshot, words: Words): Block[] {
  const { reviews, services } = tallies;
  if (!reviews.services) return [];
  const { inPeriod, inLast184: in184 } = reviews.services;
  const counts = { of: services.open, inPeriod, in184, unowned: services.open - services.owned };
  const say = (key: string, values?: Values): string => words.say(`compliance.reviews.${key}`, values);
  const claims: Block = { block: 'text', text: say('claims'), tone: 'note' };
  return [{ block: 'text', text: say('covered', counts), tone: 'plain' }, claims];
}

/** When a service has to be reviewed, and when it was. */
export function reviewCell({ reviewBy, reviewedAt }: ServiceEvidence, words: Words): Cell {
  if (reviewedAt === null || reviewedAt === undefined) return reviewBy;
  return {
    text: reviewBy ?? '–',
    small: words.say('compliance.services.reviewed', { day: dayText(reviewedAt) }),
  };
}

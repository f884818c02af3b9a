/*
 * Writes the letter of a delivery from what is kept. Where there is no report to send, it says why, and has a letter that tells so:
 * whoever waits for a report is not left to take silence for a good sign.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Letter } from '../../alerts/mail.service.js';
import { CONFIG, type Config } from '../../config.js';
import { visibleText } from '../../domain/visible-text.js';
import { LedgerService } from '../../ledger/ledger.service.js';
import { wordsIn } from '../drawing/words.js';
import { summaryOf } from './letter-summary.js';
import { type Attached, type LetterOf, reportLetter, unmadeLetter } from './report-letter.js';
import type { ReportDelivery } from './schedules.entities.js';
import { type LetterFacts, SchedulesQueries } from './schedules.queries.js';

export type Written =
  | { readonly ok: true; readonly letter: Letter; readonly reportId: string }
  | {
      readonly ok: false;
      readonly why: string;
      /** Null where it was there, and was let go of before it was sent. */
      readonly instead: Letter | null;
    };

@Injectable()
export class LetterWriter {
  constructor(
    private readonly queries: SchedulesQueries,
    private readonly ledger: LedgerService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async letter(delivery: ReportDelivery): Promise<Written> {
    const { orderId, address, isWhole } = delivery;
    const facts = await this.queries.letter(orderId);
    const { reportId, schedule, madeAt, pdf, pdfSha256, snapshot, parameters, signedBy } = facts;
    if (reportId === null || madeAt === null)
      return this.unmade(delivery, facts, `there is no report: ${facts.orderProblem}`);
    if (pdf === null && snapshot === null)
      return { ok: false, why: 'the report was let go of before it was sent', instead: null };
    if (pdf === null || pdfSha256 === null) return this.unmade(delivery, facts, whyNoPdf(facts));
    const of: LetterOf = {
      ...{ schedule, reportId, parameters, madeAt, pdf, pdfSha256, signedBy, isWhole },
      ...{
        url: this.config.publicUrl,
        summary: snapshot === null ? null : summaryOf(snapshot, wordsIn(parameters.language)),
      },
      checkpoint: await this.checkpoint(),
    };
    return {
      ok: true,
      reportId,
      letter: { ...reportLetter(of), ...envelope(of, `report ${orderId} ${address}`, address) },
    };
  }

  private unmade({ orderId, address, isWhole }: ReportDelivery, facts: LetterFacts, why: string): Written {
    const { schedule, slot: dueAt, parameters } = facts;
    const of = { schedule, orderId, parameters, dueAt, why, isWhole, url: this.config.publicUrl };
    const key = `no report ${orderId} ${address}`;
    const about = envelope({ schedule, madeAt: dueAt }, key, address);
    return { ok: false, why, instead: { ...unmadeLetter(of), ...about } };
  }

  /** What the ledger's key has signed last; null before there is any. */
  private async checkpoint(): Promise<Attached | null> {
    const latest = await this.ledger.latestCheckpoint();
    if (latest === null) return null;
    const bytes = Buffer.from(`${JSON.stringify(latest, null, 2)}\n`);
    return { name: 'checkpoint.json', type: 'application/json', bytes };
  }
}

/** The hour does not matter: it is the same on every try. */
const envelope = (
  { schedule, madeAt }: Pick<LetterOf, 'schedule' | 'madeAt'>,
  key: string,
  address: string,
) => ({
  ...{ to: address, at: madeAt, key, thread: `reports ${schedule}` },
  list: { id: `${idOf(schedule)}.reports.portolan`, name: `Portolan reports ${idOf(schedule)}` },
});

/** Of a name nothing that could end a header. */
const idOf = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);

const whyNoPdf = ({ printProblem }: LetterFacts): string =>
  `the report could not be printed${printProblem === null ? '' : `: ${visibleText(printProblem)}`}`;

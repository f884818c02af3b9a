/*
 * Sends reports that were made by themselves to whom they are for, one mail an address, once they are printed. Where there is no report to
 * send, whoever waits for it is told that, by the same way; the delivery then is dead, as no report will come of it, and says both.
 *
 * Who was sent one is among those who have fetched it, before anything else is written: a server that dies then sends it twice, and the
 * record says so.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { type Letter, MailService } from '../../alerts/mail.service.js';
import { LOGGER } from '../../platform/log.js';
import { MOST_PRINT_ATTEMPTS } from '../reports.service.js';
import { LetterWriter } from './letter-writer.js';
import { type Ended, ReportDeliveriesService } from './report-deliveries.service.js';
import { ReportFetchesService } from './report-fetches.service.js';
import type { ReportDelivery } from './schedules.entities.js';

@Injectable()
export class ReportDeliverer {
  readonly name = 'report-deliverer';

  constructor(
    private readonly deliveries: ReportDeliveriesService,
    private readonly writer: LetterWriter,
    private readonly mail: MailService,
    private readonly fetches: ReportFetchesService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  async workOnce(signal: AbortSignal): Promise<number> {
    const delivery = await this.deliveries.claim(MOST_PRINT_ATTEMPTS);
    if (!delivery) return 0;
    const ended = await this.send(delivery, signal);
    if (!ended.ok && signal.aborted) {
      await this.deliveries.giveBack(delivery);
      return 0;
    }
    const isOver = await this.deliveries.end(delivery, ended);
    this.tell(delivery, ended, isOver);
    return 1;
  }

  private async send(delivery: ReportDelivery, signal: AbortSignal): Promise<Ended> {
    const written = await this.writer.letter(delivery);
    if (!written.ok) return this.tellUnmade(written.why, written.instead, signal);
    const { letter, reportId } = written;
    const sent = await this.mail.post(letter, signal);
    if (sent.ok) await this.record(reportId, delivery, letter);
    return sent;
  }

  private async tellUnmade(why: string, instead: Letter | null, signal: AbortSignal): Promise<Ended> {
    if (instead === null) return { ok: false, why, isFinal: true };
    const sent = await this.mail.post(instead, signal);
    if (sent.ok) return { ok: false, why: `${why}; its receiver was told so`, isFinal: true };
    return { ...sent, why: `${why}; its receiver could not be told so: ${sent.why}` };
  }

  /** Where it is told only where the report is, nothing was fetched. */
  private async record(
    reportId: string,
    { address: by }: ReportDelivery,
    { attachments }: Letter,
  ): Promise<void> {
    if (attachments.length > 0) await this.fetches.record({ reportId, by, how: 'mail', form: 'pdf' });
  }

  private tell({ id, orderId, receiver, attempts }: ReportDelivery, ended: Ended, isOver: boolean): void {
    const about = { delivery: id, order: orderId, receiver, attempts };
    if (ended.ok) this.log.info(about, 'a report was sent');
    else if (isOver) this.log.error({ ...about, why: ended.why }, 'a report will not be sent');
    else this.log.warn({ ...about, why: ended.why }, 'a report could not be sent');
  }
}

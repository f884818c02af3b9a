/*
 * Messages: which wait, which were sent, which nobody took and may be sent again; and each by itself, with why it went where.
 */
import { Controller, Inject, Param, Query } from '@nestjs/common';
import { ALERT_CAUSES } from '../domain/alert.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { Refusal } from '../platform/refusal.js';
import { WebViews } from '../platform/web-views.js';
import { DeliveriesService } from './deliveries.service.js';
import { messagesQuery, readMessages } from './message-filter.js';
import { type ListedMessage, MessagesQueries, type Queue } from './messages.queries.js';
import { ReceiverBook } from './receiver-book.js';

const MESSAGES_A_PAGE = 50;
const STATES = { '': 'Any', waiting: 'Waiting', sent: 'Sent', dead: 'Not taken' } as const;

/** Why it was sent, in words. */
const CAUSES: Record<(typeof ALERT_CAUSES)[number], string> = {
  opened: 'it opened',
  'still-open': 'it is open still',
  overdue: 'it is overdue',
  resolved: 'it is over',
  digest: 'a digest',
  'scanner-health': 'the scanner can’t be believed',
  stale: 'nothing trustworthy was seen for too long',
  ledger: 'something is wrong with the ledger',
  report: 'a report was not made',
  test: 'a test',
};

@Controller('alerts')
@Needs('alerts.read')
export class MessagesPages {
  constructor(
    private readonly messages: MessagesQueries,
    private readonly deliveries: DeliveriesService,
    private readonly book: ReceiverBook,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async list(@Query() query: unknown): Promise<string> {
    const now = this.clock();
    const { filter, before } = readMessages(query);
    const found = await this.messages.list(filter, { before, limit: MESSAGES_A_PAGE + 1 });
    const shown = found.slice(0, MESSAGES_A_PAGE);
    const names = (await this.book.receivers()).map(({ name }) => name);
    const asked = filter.receiver !== null && !names.includes(filter.receiver) ? [filter.receiver] : [];
    const view = {
      queue: queueView(await this.messages.queue(), now),
      states: Object.entries(STATES).map(([value, label]) => ({
        ...{ value, label, chosen: (filter.state ?? '') === value },
      })),
      receivers: [...names, ...asked].map((value) => ({ value, chosen: value === filter.receiver })),
      from: filter.from ?? '',
      until: filter.until ?? '',
      filtered: Object.values(filter).some((value) => value !== null),
      messages: shown.map((one) => messageRow(one, now)),
      older: found.length > MESSAGES_A_PAGE ? messagesQuery(filter, shown.at(-1)!.id) : null,
      newest: before === null ? null : messagesQuery(filter, null),
    };
    return this.views.page(
      'pages/alerts/messages',
      { title: 'Alerts', section: 'alerts', path: '/alerts' },
      view,
    );
  }

  @PageRoute(':id')
  async one(@Param('id') id: string): Promise<string> {
    const found = await this.messages.message(id);
    if (!found) throw new Refusal('not-found', `there is no message ${id.slice(0, 40)}`);
    const now = this.clock();
    const { alert, taken, ...message } = found;
    const view = {
      message: messageRow(message, now),
      taken,
      findings: alert.findings,
      more: Math.max(0, alert.total - alert.findings.length),
      audit: alert.audit,
      isDead: message.state === 'dead',
    };
    return this.views.page('pages/alerts/message', { title: alert.title, section: 'alerts' }, view);
  }

  @FormRoute(':id/again')
  @Needs('alerts.operate')
  async again(@Param('id') id: string): Promise<string> {
    await this.deliveries.again(id);
    return `/alerts/${id}`;
  }
}

const messageRow = (message: ListedMessage, now: Date) => ({
  ...message,
  why: CAUSES[message.cause],
  madeAt: instant(message.madeAt, now),
  endedAt: instantOrNull(message.endedAt, now),
  result: message.state === 'sent' ? message.detail : message.problem,
});

const queueView = ({ oldest, lanes, ...queue }: Queue, now: Date) => ({
  ...queue,
  oldest: instantOrNull(oldest, now),
  lanes: lanes.map((lane) => ({
    ...lane,
    since: instantOrNull(lane.since, now),
    nextAt: instant(lane.nextAt, now),
    isDue: lane.nextAt <= now,
  })),
});

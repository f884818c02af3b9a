/*
 * Wires the alerts: steps of findings become notices, notices become messages, and messages are sent.
 */
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { FindingsModule } from '../findings/findings.module.js';
import { InventoryModule } from '../inventory/inventory.module.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { ScansModule } from '../scans/scans.module.js';
import { AlertEditView } from './alert-edit-view.js';
import { AlertProposals } from './alert-proposals.js';
import { AlertTexts } from './alert-texts.js';
import { AlertsApi } from './alerts.api.js';
import { AlertsMetrics } from './alerts.metrics.js';
import { AuditConditions } from './audit-conditions.js';
import { Conditions } from './conditions.js';
import { Courier } from './courier.js';
import { Deliverer } from './deliverer.js';
import { DeliveriesService } from './deliveries.service.js';
import { DryRun } from './dry-run.js';
import { GuardedSockets } from './guarded-connect.js';
import { GuardedHttps } from './guarded-http.js';
import { HealthWatch } from './health-watch.js';
import { HearingQueries } from './hearing.queries.js';
import { MailService } from './mail.service.js';
import { MessagesPages } from './messages.pages.js';
import { MessagesQueries } from './messages.queries.js';
import { NoticesService } from './notices.service.js';
import { Notifier } from './notifier.js';
import { ReceiverBook } from './receiver-book.js';
import { ReceiversApi } from './receivers.api.js';
import { ReceiversPages } from './receivers.pages.js';
import { ReceiversAround } from './receivers-around.js';
import { ReceiversEditPages } from './receivers-edit.pages.js';
import { SecretsApi } from './secrets.api.js';
import { SecretsPages } from './secrets.pages.js';
import { SecretsService } from './secrets.service.js';
import { SENDER_TOOLS, type SenderTools } from './sender.js';
import { SilencePreview } from './silence-preview.queries.js';
import { SilencesApi } from './silences.api.js';
import { SilencesPages } from './silences.pages.js';
import { SilencesService } from './silences.service.js';

@Module({
  imports: [InventoryModule, ScansModule, FindingsModule],
  controllers: [
    ...[AlertsApi, ReceiversApi, SecretsApi, SilencesApi],
    ...[MessagesPages, ReceiversPages, ReceiversEditPages, SecretsPages, SilencesPages],
  ],
  providers: [
    ...[NoticesService, Notifier, DeliveriesService, Courier, Deliverer, DryRun, HealthWatch, AlertsMetrics],
    ...[MessagesQueries, ReceiverBook, ReceiversAround, SilencePreview],
    ...[AlertTexts, AlertProposals, AlertEditView, HearingQueries],
    ...[SecretsService, SilencesService, MailService, Conditions, AuditConditions],
    { provide: SENDER_TOOLS, useFactory: toolsOf, inject: [CONFIG, CLOCK] },
  ],
  exports: [
    SecretsService,
    HealthWatch,
    Notifier,
    Deliverer,
    Courier,
    DeliveriesService,
    DryRun,
    MailService,
    Conditions,
  ],
})
export class AlertsModule {}

function toolsOf(config: Config, now: Clock): SenderTools {
  const inside = new Set(config.privateReceivers);
  return {
    http: new GuardedHttps(inside),
    connect: new GuardedSockets(inside),
    mail: {
      url: config.mail.url?.reveal() ?? null,
      folder: join(config.dataDir, 'mail'),
      from: config.mail.from,
      operators: config.mail.to,
    },
    now,
  };
}

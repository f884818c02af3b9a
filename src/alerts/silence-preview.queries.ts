/*
 * What a silence would mute, were it to hold now: the findings that it fits, and what receivers are to be told of them. Reads only.
 */
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Severity } from '../domain/drift.js';
import type { SilenceMatch } from '../domain/silence.js';
import { InventoryService } from '../inventory/inventory.service.js';

export interface Muted {
  readonly findings: number;
  readonly bySeverity: Partial<Record<Severity, number>>;
  readonly notices: ReadonlyArray<{ readonly receiver: string; readonly count: number }>;
}

const SEEN_BY =
  'finding.id in (select event.finding_id from finding_event event join run on run.id = event.run_id where run.audit in';

@Injectable()
export class SilencePreview {
  constructor(
    private readonly database: DataSource,
    private readonly inventory: InventoryService,
  ) {}

  async of(match: SilenceMatch): Promise<Muted> {
    const hosts = (await this.inventory.current())?.inventory.hosts ?? [];
    const tagged = hosts.filter(({ tags }) => tags.some((tag) => match.tags.includes(tag)));
    const names = tagged.map(({ name }) => name);
    const bySeverity = await this.findings(match, names);
    const findings = Object.values(bySeverity).reduce((sum, count) => sum + count, 0);
    return { findings, bySeverity, notices: await this.notices(match, names) };
  }

  private async findings(match: SilenceMatch, tagged: string[]): Promise<Partial<Record<Severity, number>>> {
    const { parameters, parts, among } = fitting(match, tagged);
    if (match.audits.length > 0) parts.push(`${SEEN_BY} ${among(match.audits)})`);
    const rows = (await this.database.query(
      `select severity, count(*)::int from finding where ${parts.join(' and ')} group by severity`,
      parameters,
    )) as Array<{ severity: Severity; count: number }>;
    return Object.fromEntries(rows.map(({ severity, count }) => [severity, count]));
  }

  private async notices(match: SilenceMatch, tagged: string[]): Promise<Muted['notices']> {
    const { parameters, parts, among } = fitting(match, tagged);
    if (match.receivers.length > 0) parts.push(`notice.receiver in ${among(match.receivers)}`);
    if (match.audits.length > 0) parts.push(`notice.audit in ${among(match.audits)}`);
    return this.database.query(
      `select notice.receiver, count(*)::int from alert_notice notice join finding on finding.id = notice.finding_id
       where notice.pending_cause is not null and ${parts.join(' and ')} group by notice.receiver order by 2 desc, 1`,
      parameters,
    );
  }
}

function fitting({ hosts, owners, kinds, severities, tags, vantages }: SilenceMatch, tagged: string[]) {
  const parameters: unknown[] = [];
  const texts = (values: readonly string[]): string =>
    `jsonb_array_elements_text($${parameters.push(JSON.stringify(values))}::jsonb)`;
  const among = (values: readonly string[]): string => `(select ${texts(values)})`;
  const parts = [`finding.state in ('suspected', 'open', 'acknowledged')`];
  if (hosts.length > 0) parts.push(`finding.host in ${among(hosts)}`);
  if (owners.length > 0) parts.push(`finding.owner in ${among(owners)}`);
  if (kinds.length > 0) parts.push(`finding.kind in ${among(kinds)}`);
  if (severities.length > 0) parts.push(`finding.severity in ${among(severities)}`);
  if (tags.length > 0) parts.push(`finding.host in ${among(tagged)}`);
  if (vantages.length > 0)
    parts.push(`exists (select from ${texts(vantages)} as vantage
      where starts_with(finding.key, concat(finding.kind, '|', vantage, '|', finding.address, '|')))`);
  return { parameters, parts, among };
}

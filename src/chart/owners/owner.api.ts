/*
 * Owners for programs: what their pages show. A token of an owner's account tells of its owners alone.
 */
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Actor } from '../../domain/access.js';
import { advise } from '../../domain/advice.js';
import { dueBy } from '../../domain/deadlines.js';
import type { Deadlines } from '../../domain/inventory.js';
import { Describe } from '../../platform/describe.js';
import { Needs } from '../../platform/permission.js';
import { readBody } from '../../platform/read-body.js';
import { By } from '../../platform/visit.js';
import { OwnerAnswer, OwnersAnswer, sent } from '../graphs/graphs-answers.js';
import { ListQuery } from '../services/services-query.js';
import type { OwnedFinding } from './owner.queries.js';
import { OwnerDuties, type OwnerSummary } from './owner-duties.js';

const OWNERS_A_PAGE = 50;

@Controller('api/v1/owners')
@Needs('findings.read')
export class OwnerApi {
  constructor(@Inject(OwnerDuties) private readonly duties: OwnerDuties) {}

  @Get()
  @Describe({
    summary: 'Lists owners: what they answer for, and how many findings they have, the most severe first',
    query: ListQuery,
    answer: OwnersAnswer,
  })
  async owners(
    @By() actor: Actor,
    @Query() query: Record<string, unknown>,
  ): Promise<z.infer<typeof OwnersAnswer>> {
    const { q, page } = readBody(ListQuery, query);
    const { owners, standings } = await this.duties.all(actor);
    const text = q.toLowerCase();
    const all = owners.filter(({ owner: { id, name } }) => `${id} ${name}`.toLowerCase().includes(text));
    const shown = all.slice((page - 1) * OWNERS_A_PAGE, page * OWNERS_A_PAGE);
    return sent({ asOf: standings.at, total: all.length, owners: shown.map(shortOf) });
  }

  @Get(':id')
  @Describe({
    summary:
      'Tells of one owner: what is exposed, what is due first, what is new, what ends soon, and what is declared',
    answer: OwnerAnswer,
  })
  async owner(@By() actor: Actor, @Param('id') id: string): Promise<z.infer<typeof OwnerAnswer>> {
    const duties = await this.duties.one(actor, id);
    const { summary, standings, due, deadlines } = duties;
    const owned = (finding: OwnedFinding) => ownedOf(finding, deadlines);
    return sent({
      ...shortOf(summary),
      ...{ asOf: standings.at, period: standings.period, services: [...summary.services] },
      ...{ overdue: due.overdue, due: due.findings.map(owned) },
      new: {
        ...{ since: duties.since, opened: duties.new.total, resolved: duties.new.resolved },
        findings: duties.new.findings.map(owned),
      },
      ending: {
        accepted: duties.accepted.map(owned),
        exceptions: duties.exceptions.map(({ host, ports, reason, approvedBy, expires }) => ({
          ...{ host, ports: `${ports}`, reason, approvedBy, expires },
        })),
      },
      declared: duties.declared.map(({ host, ports, expect, service, why, reviewBy }) => ({
        ...{ host: host.name, ports: `${ports}`, expect, service, why, reviewBy },
      })),
    });
  }
}

const shortOf = ({ owner, isDeclared, ports, hosts, counts }: OwnerSummary) => ({
  ...{ id: owner.id, name: owner.name, email: owner.email, receivers: [...owner.receivers] },
  ...{ isDeclared, ports, hosts, findings: counts },
});

function ownedOf(finding: OwnedFinding, deadlines: Deadlines) {
  const { declared, observed: _, ...rest } = finding;
  return {
    ...rest,
    dueAt: dueBy(finding, deadlines),
    advice: advise({ kind: finding.kind, declared: declared as 'undeclared' }),
  };
}

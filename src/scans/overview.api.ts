/*
 * The overview for programs: each audit's verdict, how the findings stand, and whether the scanner can be believed. What is of
 * findings is left out for whoever may not read them.
 */
import { Controller, Get, Inject } from '@nestjs/common';
import { z } from 'zod';
import { type Actor, may } from '../domain/access.js';
import { SEVERITIES } from '../domain/drift.js';
import { Describe } from '../platform/describe.js';
import { Needs } from '../platform/permission.js';
import { By } from '../platform/visit.js';
import { AuditAnswer, auditAnswer } from './audit-answer.js';
import { Overview } from './overview.js';
import type { Standing } from './standing.js';

const instant = z.iso.datetime();
const count = z.int().min(0);

const FindingsAnswer = z.object({
  countedAt: instant,
  bySeverity: z.array(
    z.object({ severity: z.enum(SEVERITIES), open: count, acknowledged: count, overdue: count }),
  ),
  byOwner: z.array(z.object({ owner: z.string().nullable(), open: count })),
  lastDay: z.object({ new: count, again: count, resolved: count }),
});

const OverviewAnswer = z.object({
  at: instant,
  audits: z.array(AuditAnswer),
  findings: FindingsAnswer.nullable().describe('null for whoever may not read findings'),
  scanner: z.object({
    sees: z.boolean().nullable().describe('null before it was ever asked'),
    blindness: z.string().nullable(),
    askedAt: instant.nullable(),
    diskLeftBytes: count.nullable(),
  }),
});

@Controller('api/v1/overview')
@Needs('runs.read')
export class OverviewApi {
  constructor(@Inject(Overview) private readonly overview: Overview) {}

  @Get()
  @Describe({ summary: 'Says at a glance how things stand', answer: OverviewAnswer })
  async glance(@By() actor: Actor): Promise<z.infer<typeof OverviewAnswer>> {
    const { at, book, standing, gate, diskLeft } = await this.overview.facts();
    return {
      at: at.toISOString(),
      audits: book.audits.map(auditAnswer),
      findings: may(actor, 'findings.read') ? findingsAnswer(standing) : null,
      scanner: {
        sees: gate && gate.blindness === null,
        blindness: gate?.blindness ?? null,
        askedAt: gate?.at.toISOString() ?? null,
        diskLeftBytes: diskLeft,
      },
    };
  }
}

function findingsAnswer(standing: Standing): z.infer<typeof FindingsAnswer> {
  const { cells, ages, countedAt, fresh, again, resolved } = standing;
  const open = cells.filter(({ state }) => state === 'open');
  const sum = (of: typeof cells): number => of.reduce((all, cell) => all + cell.count, 0);
  const owners = Array.from(new Set(open.map(({ owner }) => owner)));
  return {
    countedAt: countedAt.toISOString(),
    bySeverity: SEVERITIES.map((severity) => ({
      severity,
      open: sum(open.filter((cell) => cell.severity === severity)),
      acknowledged: sum(cells.filter((cell) => cell.state === 'acknowledged' && cell.severity === severity)),
      overdue: ages.find((age) => age.severity === severity)?.overdue ?? 0,
    })),
    byOwner: owners.map((owner) => ({ owner, open: sum(open.filter((cell) => cell.owner === owner)) })),
    lastDay: { new: fresh.count, again: again.count, resolved: resolved.count },
  };
}

/*
 * The register of exceptions: who has accepted which risk, until when, and what of it needs a hand.
 */
import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import type { Actor } from '../domain/access.js';
import { mayApprove } from '../domain/act.js';
import type { Standing } from '../domain/exception-register.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { instant, instantOrNull } from '../platform/page-times.js';
import { Needs } from '../platform/permission.js';
import { By } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { endAcceptance, readRegister, renewAcceptance } from './exception-deeds.js';
import { ExceptionRegister } from './exception-register.js';
import { endpoint } from './finding-view.js';
import { FindingsService } from './findings.service.js';

const A_PAGE = 100;

const STANDINGS: Record<Standing, { label: string; mark: string; tone: string }> = {
  ended: { label: 'ended', mark: 'failed', tone: 'v-drift' },
  soon: { label: 'ends soon', mark: 'medium', tone: 's-medium' },
  idle: { label: 'covers nothing', mark: 'unknown', tone: 'v-inconclusive' },
  holds: { label: 'holds', mark: 'clean', tone: 'v-clean' },
};

interface Subject {
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
}

const placed = <T extends Subject>(one: T) => {
  const where = endpoint(one.address, one.port) ?? one.host;
  return { ...one, where, showsHost: one.address !== null && one.host !== one.address };
};

@Controller('exceptions')
@Needs('findings.read')
export class ExceptionsPages {
  constructor(
    private readonly register: ExceptionRegister,
    private readonly findings: FindingsService,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async page(@By() actor: Actor, @Query() query: unknown): Promise<string> {
    const now = this.clock();
    const asked = readRegister(query);
    const { declared, version, accepted, counts, next, ended } = await this.register.read(actor, {
      ...asked,
      limit: A_PAGE,
    });
    const view = {
      declared: declared.map(({ ports, standing, ...one }) => ({
        ...one,
        ports: ports.toString(),
        standing: STANDINGS[standing],
        path: `/findings?${new URLSearchParams({ state: 'accepted', host: one.host, port: ports.toString() })}`,
      })),
      version,
      accepted: accepted.map(({ standing, since, ...one }) => ({
        ...placed(one),
        standing: STANDINGS[standing],
        since: instantOrNull(since, now),
      })),
      counts,
      approves: mayApprove(actor),
      soon: asked.soon,
      next: next && `/exceptions?${asked.soon ? 'standing=soon&' : ''}after=${next.until}.${next.id}`,
      ended: ended.map(({ at, ...one }) => ({ ...placed(one), at: instant(at, now) })),
    };
    const frame = { title: 'Exceptions', section: 'findings', path: '/exceptions' } as const;
    return this.views.page('pages/findings/exceptions', frame, view);
  }

  @FormRoute(':id/renew')
  @Needs('findings.act')
  async renew(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    await renewAcceptance(this.findings, id, body, actor);
    return '/exceptions';
  }

  @FormRoute(':id/end')
  @Needs('findings.act')
  async end(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<string> {
    await endAcceptance(this.findings, id, body, actor);
    return '/exceptions';
  }
}

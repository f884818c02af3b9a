/*
 * The pages of the guided start: where to look and on whose word; the look, live; what was found, to be declared; the report.
 */
import { Body, Controller, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Actor } from '../domain/access.js';
import type { FoundHost } from '../domain/first-inventory.js';
import { serviceName } from '../domain/top-ports.js';
import { CLOCK, type Clock } from '../platform/clock.js';
import { FormRoute, PageRoute } from '../platform/page-route.js';
import { Needs } from '../platform/permission.js';
import { readBody, several, words } from '../platform/read-body.js';
import { By, signedBy } from '../platform/visit.js';
import { WebViews } from '../platform/web-views.js';
import { FirstVoyage, type Stage } from './first-voyage.js';

const FRAME = { title: 'The guided start', section: 'overview' } as const;
const YEAR_MS = 365 * 86_400_000;
const HERE = '/start';

const written = z.string({ error: 'expected a text' }).max(20_000).default('');

const Scope = z.object({
  ...{ addresses: written, exclude: written, authorisedBy: words(500), until: words(20), by: words(100) },
  preset: z.enum(['top-1000', 'all', 'some'], { error: 'expected a choice of ports' }),
  some: z.string().max(500).default(''),
});
const Declaring = z.object({
  ...{ ownerId: words(100), ownerName: words(500), ownerEmail: z.string().max(254).default('') },
  ...{ why: words(500), reviewBy: words(20), by: words(100), base: z.string().regex(/^\d{1,18}$/) },
  port: several(z.string().regex(/^\S{1,100} \d{1,5}$/, 'expected an address and a port')).pipe(
    z.array(z.string()).max(10_000),
  ),
});

@Controller('start')
@Needs('inventory.write')
export class StartPages {
  constructor(
    private readonly voyage: FirstVoyage,
    private readonly views: WebViews,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @PageRoute()
  async page(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const stage = await this.voyage.stage();
    if (stage.stage === 'elsewhere') {
      reply.status(303).header('location', '/');
      return '';
    }
    const refresh = stage.stage === 'going' || (stage.stage === 'done' && !stage.run.isPrinted);
    const view = { ...stageView(stage), base: await this.voyage.base(), inAYear: this.inAYear() };
    return this.views.page(
      'pages/start/start',
      { ...FRAME, ...(refresh ? { refreshSeconds: 3 } : {}) },
      view,
    );
  }

  @FormRoute('begin')
  async begin(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const { preset, some, by, addresses, ...scope } = readBody(Scope, signedBy(body, actor));
    const ports = { 'top-1000': 'top-1000', all: '1-65535', some: some.trim() }[preset];
    await this.voyage.begin({ ...scope, places: addresses, ports }, by);
    return HERE;
  }

  @FormRoute('look')
  @Needs('runs.operate')
  async look(): Promise<string> {
    await this.voyage.look();
    return HERE;
  }

  @FormRoute('declare')
  async declare(@By() actor: Actor, @Body() body: unknown): Promise<string> {
    const { port, ownerId, ownerName, ownerEmail, why, reviewBy, ...terms } = readBody(
      Declaring,
      signedBy(body, actor),
    );
    const email = ownerEmail.trim() === '' ? null : ownerEmail.trim();
    const owner = { id: ownerId, name: ownerName, email };
    await this.voyage.declare(
      hostsOf(port, body as Record<string, unknown>),
      { owner, why, reviewBy },
      terms,
    );
    return HERE;
  }

  private inAYear(): string {
    return new Date(this.clock().getTime() + YEAR_MS).toISOString().slice(0, 10);
  }
}

/** Ticks are `127.0.0.5 443`; the names and services stand beside them in fields of their own. */
function hostsOf(ticks: readonly string[], fields: Record<string, unknown>): FoundHost[] {
  const byAddress = new Map<string, number[]>();
  for (const tick of ticks) {
    const [address, port] = tick.split(' ') as [string, string];
    byAddress.set(address, [...(byAddress.get(address) ?? []), Number(port)]);
  }
  const said = (field: string): string => {
    const value = fields[field];
    return typeof value === 'string' ? value.trim().slice(0, 100) : '';
  };
  return [...byAddress].map(([address, ports]) => ({
    ...{ name: said(`name ${address}`) || nameOf(address), address },
    ports: ports.map((port) => ({ port, service: said(`service ${address} ${port}`) })),
  }));
}

const nameOf = (address: string): string => `host-${address.replace(/[.:]+/g, '-').replace(/^-|-$/g, '')}`;

const STEPS = [
  'Say where to look',
  'Look',
  'Say what should be so',
  'Look again',
  'Read the first report',
] as const;

function stageView(stage: Stage) {
  const run = 'run' in stage ? stage.run : null;
  const isSecond = 'isSecond' in stage && stage.isSecond;
  const at =
    stage.stage === 'scope' ? 0 : stage.stage === 'found' ? 2 : stage.stage === 'done' ? 4 : isSecond ? 3 : 1;
  const hosts = stage.stage === 'found' ? stage.hosts : [];
  return {
    is: {
      [stage.stage]: true,
      scope: false,
      ready: false,
      going: false,
      found: false,
      done: false,
      ...{ [stage.stage]: true },
    },
    steps: STEPS.map((label, i) => ({ label, leg: i + 1, isHere: i === at, isDone: i < at })),
    ...{ run, isSecond },
    share: run && run.probes > 0 ? Math.floor((100 * run.probed) / run.probes) : 0,
    wild: hosts.filter(({ isWild }) => isWild).map(({ address }) => address),
    hosts: hosts
      .filter(({ isWild }) => !isWild)
      .map(({ address, ports, open, name }) => ({
        ...{ address, name: name ?? nameOf(address), isNamed: name !== null, morePorts: open - ports.length },
        ports: ports.map((port) => ({ port, service: serviceName(port) ?? '' })),
      })),
    more: stage.stage === 'found' ? stage.total - stage.hosts.length : 0,
  };
}
